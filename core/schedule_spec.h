// What a client asks for with a schedule: runs of one specification, again and again. Immutable
// once created.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/ids.h"
#include "core/run_spec.h"

namespace delta {

/// What its expression is: five cron fields, a duration between two fires, or one moment.
enum class ScheduleKind : std::uint8_t { cron, interval, once };
inline constexpr std::array<std::string_view, 3> kScheduleKindNames{"cron", "interval", "once"};
constexpr std::string_view name_of(ScheduleKind kind) {
  return kScheduleKindNames.at(static_cast<std::size_t>(kind));
}

/// What becomes of fires that were missed: due for longer than `misfire_after`, because nobody
/// could fire them.
enum class CatchUp : std::uint8_t {
  all,     ///< each gets its run, the newest `cap` of them
  latest,  ///< the newest of them does, unless a fire that is on time takes its place
  skip,    ///< none does
};
inline constexpr std::array<std::string_view, 3> kCatchUpNames{"all", "latest", "skip"};
constexpr std::string_view name_of(CatchUp policy) {
  return kCatchUpNames.at(static_cast<std::size_t>(policy));
}

/// active -> paused -> active; active -> ended; all of them -> deleted.
enum class ScheduleState : std::uint8_t {
  active,
  paused,  ///< what would be due meanwhile does not happen, and is not caught up
  ended,   ///< it will never fire again
  deleted,
};
inline constexpr std::array<std::string_view, 4> kScheduleStateNames{"active", "paused", "ended",
                                                                     "deleted"};
constexpr std::string_view name_of(ScheduleState state) {
  return kScheduleStateNames.at(static_cast<std::size_t>(state));
}

/// When it fires. A Calendar says what this means.
struct ScheduleTiming {
  ScheduleKind kind = ScheduleKind::cron;
  std::string expression;    ///< "30 2 * * 1-5", "15m", "2026-12-01T08:00:00"
  std::string zone = "UTC";  ///< name of a time zone, for cron and once

  friend bool operator==(const ScheduleTiming&, const ScheduleTiming&) = default;
};

struct ScheduleSpec {
  std::string name;
  ScheduleTiming timing;
  CatchUp catch_up = CatchUp::latest;
  std::uint32_t cap = 10;  ///< most missed fires that `all` makes up for at once
  SharedSpec run;
};
using SharedSchedule = std::shared_ptr<const ScheduleSpec>;

inline constexpr std::uint32_t kMostCaughtUp = 100;
inline constexpr Duration kShortestInterval = 1s;

/// Names are unique: the name makes the id.
ScheduleId schedule_id(std::string_view name);
/// 1 to 64 lower-case letters, digits, '-', '_' and '.', beginning with a letter or a digit.
bool is_schedule_name(std::string_view name);

/// Why this is no schedule, in a sentence; empty when only a Calendar may object.
std::string problem(const ScheduleSpec& spec);

/// Between two fires, of kind interval. The expression must be sound.
Duration period_of(const ScheduleTiming& timing);

}  // namespace delta
