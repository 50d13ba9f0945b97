// What a report says of its objectives: recovery time and recovery point, aimed at and measured.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"

namespace aftershock {

using delta::Duration;

/// met_assumed: met, but more than half of the figure is an assumption of the runbook.
enum class Judgement : std::uint8_t { met, met_assumed, over_target, breached, not_measured };

/// A measured duration between two bounds; the upper one is judged.
struct Bounds {
  Duration lower{};
  Duration upper{};
};

/// What the source document says is usually measured.
struct TypicalReport {
  Duration min{};
  Duration max{};
  std::string differs;  ///< why ours is expected to be another; empty when it is not
};

struct ObjectiveReport {
  Duration target{};
  Duration max{};
  std::string stated_by;   ///< "document" or "derived"
  std::string derivation;  ///< how, when derived
  Judgement judgement = Judgement::not_measured;
  std::optional<TypicalReport> typical = {};  ///< none: the document gives none
};

/// RTA: recovery time actual.
struct RecoveryReport {
  ObjectiveReport objective;
  std::string recovered_when;      ///< "service", "affected_work" or "drained"
  std::optional<Bounds> measured;  ///< none: no recovery was seen
  Duration watched{};              ///< how long it was looked for: without recovery RTA > this
  Duration assumed{};              ///< of the upper bound, what the runbook only assumes
  bool self_healed = false;        ///< recovered before the fault was lifted, or needed no lifting
};

/// Work of tries whose lease was lost, which the next try of the job did again: from the end of the
/// step that the last accepted checkpoint holds to the end of the work.
struct RedoneReport {
  std::uint64_t attempts = 0;
  Duration longest{}, total{};
};

/// A write that was acknowledged and is not there in the end.
struct LostWriteReport {
  std::string run;  ///< its id
  Duration acknowledged_at{};
};
inline constexpr std::size_t kMostLostWrites = 20;

/// RPA: recovery point actual.
struct LossReport {
  ObjectiveReport objective;
  std::string measured_on = "loss";  ///< or "progress": the larger of loss and work redone
  std::optional<Duration> measured;  ///< t0 - ack time of the earliest lost write; 0: none lost
  RedoneReport redone;
  std::uint64_t acknowledged = 0;   ///< writes that an outside witness saw acknowledged
  std::uint64_t lost = 0;           ///< of them absent or altered in the final read
  std::uint64_t lost_after_t0 = 0;  ///< of them acknowledged after the fault had begun
  std::uint64_t unknown = 0;        ///< never counted as lost
  std::uint64_t duplicated = 0;     ///< one operation, more than one run
  std::uint64_t dangling = 0;       ///< artifacts on record as stored that are gone or damaged
  std::vector<LostWriteReport> lost_writes = {};  ///< the earliest kMostLostWrites of them
  /// What the objective is judged by.
  std::optional<Duration> judged() const {
    return measured_on == "progress" && measured ? std::max(*measured, redone.longest) : measured;
  }
};

/// What the service had to be like after the recovery.
struct ThresholdReport {
  std::string expression;
  std::optional<std::string> measured = {};  ///< a figure with its unit; none: not measured
  bool met = false;
};

}  // namespace aftershock
