// Carries out a scenario's runbook: waits for what makes somebody act, lets the assumed delay pass,
// and does the step.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "harness/engine/drill_context.h"
#include "harness/engine/fault_timeline.h"
#include "harness/engine/recovery_order.h"
#include "harness/engine/test_task.h"
#include "reports/report.h"

namespace aftershock {

class Runbook {
 public:
  /// When the alert of this name first fired after time 0; none if it has not.
  using FirstFired = std::function<std::optional<Duration>(std::string_view)>;

  Runbook(DrillContext& context, FaultTimeline& faults, const ReadinessProbe& probe,
          RecoveryOrder& order, FirstFired first_fired);

  /// Spawns one task a step; they end with watch_stop.
  void start();
  /// In the scenario's order; complete once the tasks have ended.
  const std::vector<StepReport>& reports() const { return reports_; }
  const TestTask& test_task() const { return test_task_; }

 private:
  void run_step(std::size_t index);
  void trace(std::size_t index, const char* what, const std::string& text) const;
  /// When it happened; none if the drill ended first.
  std::optional<Duration> wait_for(const StepTrigger& trigger);
  std::optional<Duration> triggered(const StepTrigger& trigger) const;
  /// Of faults that a step has repaired.
  void lift_all(std::string_view kind);
  StepResult carry_out(const StepSpec& step);
  /// Suspends until the role is ready, or `wait` has passed.
  std::string await_ready(Role role, Duration wait);

  DrillContext& context_;
  FaultTimeline& faults_;
  const ReadinessProbe& probe_;
  RecoveryOrder& order_;
  FirstFired first_fired_;
  TestTask test_task_;
  std::vector<StepReport> reports_;
};

}  // namespace aftershock
