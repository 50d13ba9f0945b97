// The measures: RTA from canary samples or watched work, RPA from the witness's records. Pure.
// Definitions: docs/MEASUREMENT.md. All times count from time 0 of the fault timeline.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "reports/report.h"

namespace aftershock {

struct CanarySample {
  Duration sent{};
  Duration ended{};
  bool ok = false;
};

/// What a recovery is measured against.
struct Disruption {
  Bounds effective;  ///< t0: [requested, confirmed]
  Duration observation_end{};
  Duration window{};  ///< W
};

struct ServiceRecovery {
  std::optional<Bounds> recovered;        ///< t_rec; none: S did not hold for W in the observation
  std::optional<Duration> first_failure;  ///< sending time of the first canary that failed
  std::optional<Duration> last_failure;
};

/// `samples` in any order; those that ended before t0 are ignored.
ServiceRecovery service_recovery(std::span<const CanarySample> samples,
                                 const Disruption& disruption);

/// RTA = t_rec - t0, as an interval; never below 0.
Bounds time_since(const Bounds& effective, const Bounds& recovered);

/// met, over_target or breached; `measured` is judged by its upper bound. None: breached.
Judgement judge_recovery(const std::optional<Bounds>& measured, Duration target, Duration max);
Judgement judge_loss(Duration measured, Duration target, Duration max);

/// Not if it only looks whether all is well.
bool restores(const StepReport& step);

/// Of the time in `within`, how much lies between a step's trigger and its begin: assumed, not
/// simulated. Overlapping assumptions count once.
Duration assumed_time(std::span<const StepReport> steps, const Bounds& within);

struct LostWrite {
  Duration acknowledged_at{};
};
/// RPA = t0 - acknowledgement of the earliest lost write; 0 when none before t0 was lost.
Duration recovery_point(std::span<const LostWrite> lost, const Bounds& effective);

}  // namespace aftershock
