// The policy as one orchestrator last saw it, and the limits that each process keeps by itself.
#pragma once

#include <memory>
#include <tuple>

#include "core/ports/runtime.h"
#include "core/rate_limit.h"
#include "core/rows.h"

namespace delta {

/// Costs no round trip of its own: every transaction reads the control row, and each sweep's turn
/// does so at least every `sweep_interval`. Thread: any. Never suspends.
class PolicyWatch {
 public:
  explicit PolicyWatch(Runtime runtime)
      : clock_(runtime.clock), monitor_(runtime.tasks.make_monitor()) {}

  /// What a transaction read; one that began earlier may end later.
  void learn(const Control& control) {
    const Lock lock(*monitor_);
    const auto age = [](const Control& c) { return std::tuple(c.generation, c.policy.version); };
    if (age(control) >= age(known_)) known_ = control;
  }
  /// What a look found, even if it is older: a database that lost commits has its own truth.
  void look(const Control& control) {
    const Lock lock(*monitor_);
    known_ = control;
  }

  /// Most live leases; 0: no limit.
  std::uint32_t most_leases() const {
    const Lock lock(*monitor_);
    return known_.policy.most_leases;
  }
  /// Counts a submission, unless there were too many. Of this process, since it started.
  bool admits_submission() {
    const Lock lock(*monitor_);
    return submissions_.allow(clock_.now(), known_.policy.submissions_per_minute);
  }

 private:
  Clock& clock_;
  std::unique_ptr<Monitor> monitor_;
  Control known_;
  RateLimit submissions_;
};

}  // namespace delta
