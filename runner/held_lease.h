// A lease in the hands of this runner, as the job's task and the heartbeat task share it.
#pragma once

#include <memory>

#include "core/api.h"
#include "core/ports/executor.h"
#include "core/ports/runtime.h"

namespace delta {

/// Why a job's task must stop working.
enum class Interrupt : std::uint8_t {
  none,
  cancelled,  ///< the orchestrator wants it stopped
  lost,       ///< the orchestrator says that the lease is over
  fenced,     ///< the lease may be over by our own clock: self-fencing
};

/// Thread: any.
class HeldLease {
 public:
  HeldLease(Runtime runtime, Lease lease)
      : clock_(runtime.clock), monitor_(runtime.tasks.make_monitor()), lease_(lease) {}

  const Lease& lease() const { return lease_; }

  /// Work may go on until then: last answered send + TTL of its answer - margin.
  MonoTime work_until() const {
    const Lock lock(*monitor_);
    return work_until_;
  }
  void renewed(MonoTime work_until) {
    const Lock lock(*monitor_);
    work_until_ = std::max(work_until_, work_until);
  }
  /// A heartbeat may name the lease from the moment that its start was acknowledged.
  void set_started() {
    const Lock lock(*monitor_);
    started_ = true;
  }
  bool started() const {
    const Lock lock(*monitor_);
    return started_;
  }

  void interrupt(Interrupt why) {
    const Lock lock(*monitor_);
    if (interrupt_ == Interrupt::none || why == Interrupt::lost) interrupt_ = why;
    if (execution_ != nullptr) execution_->wake();
  }
  Interrupt interrupted() const {
    const Lock lock(*monitor_);
    if (interrupt_ == Interrupt::none && clock_.now() >= work_until_) return Interrupt::fenced;
    return interrupt_;
  }
  /// The command to wake when an interrupt comes; null when none runs.
  void watch(Execution* execution) {
    const Lock lock(*monitor_);
    execution_ = execution;
    // An interrupt may have come while the command was being started.
    if (execution_ != nullptr && interrupt_ != Interrupt::none) execution_->wake();
  }

 private:
  Clock& clock_;
  std::unique_ptr<Monitor> monitor_;
  const Lease lease_;
  MonoTime work_until_{};  ///< nobody works before the start was acknowledged
  bool started_ = false;
  Interrupt interrupt_ = Interrupt::none;
  Execution* execution_ = nullptr;
};

}  // namespace delta
