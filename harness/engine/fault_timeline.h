// Injects and heals a scenario's faults on time, and proves that each took effect.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "harness/engine/drill_context.h"
#include "reports/report.h"

namespace aftershock {

class FaultTimeline {
 public:
  explicit FaultTimeline(DrillContext& context);

  /// Spawns one task an injection.
  void start();
  /// Ends a fault with a duration before its time; nothing if it is over.
  void lift(std::size_t fault);
  /// In the scenario's order; complete once the tasks have ended.
  std::vector<FaultReport> reports() const;
  /// t0: of the earliest fault that took effect; none if none did.
  std::optional<Bounds> first_effect() const;
  /// When the last fault that was injected and has an end was over; none if there is none.
  std::optional<delta::Duration> last_heal() const;
  /// When the last of all injections was over; none before that.
  std::optional<delta::Duration> over() const;
  /// Everything that the faults interrupted, as it was when they struck.
  const std::vector<TouchedWork>& touched() const { return touched_; }

 private:
  /// What became of one injection.
  struct Outcome {
    std::vector<std::string> targets;
    std::optional<Bounds> effective;  ///< [requested, confirmed]
    std::optional<delta::Duration> healed;
    std::optional<delta::Duration> over;  ///< healed, or happened, or never begun
    bool bit = false;
    std::string evidence;
  };

  void run_injection(std::size_t index);
  /// None: its barrier was not reached.
  std::optional<Injected> inject(std::size_t index);
  void watch_effect(std::size_t index, delta::Duration until);
  void trace(std::size_t index, const char* what, const std::string& text) const;
  FaultReport report_on(std::size_t fault) const;

  DrillContext& context_;
  std::vector<Outcome> outcomes_;  ///< parallel to the cluster's injections
  std::vector<std::unique_ptr<delta::StopSignal>> lifted_;  ///< the same
  std::vector<TouchedWork> touched_;
};

}  // namespace aftershock
