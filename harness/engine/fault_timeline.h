// Injects and heals a scenario's faults on time, and proves that each took effect.
#pragma once

#include <optional>
#include <vector>

#include "harness/engine/drill_context.h"
#include "reports/report.h"

namespace aftershock {

class FaultTimeline {
 public:
  explicit FaultTimeline(DrillContext& context);

  /// Spawns one task a fault.
  void start();
  /// In the scenario's order; complete once the tasks have ended.
  const std::vector<FaultReport>& reports() const { return reports_; }
  /// t0: of the earliest fault that took effect; none if none did.
  std::optional<Bounds> first_effect() const;
  /// When the last fault with a duration was lifted; none if no fault has one.
  std::optional<delta::Duration> last_heal() const;
  /// Everything that the faults interrupted, as it was when they struck.
  const std::vector<TouchedWork>& touched() const { return touched_; }

 private:
  void run_fault(std::size_t index);
  void watch_effect(std::size_t index, delta::MonoTime until);

  DrillContext& context_;
  std::vector<FaultReport> reports_;
  std::vector<TouchedWork> touched_;
};

}  // namespace aftershock
