// Asks the tasks of a process to end, and lets them wait for it.
#pragma once

#include <memory>

#include "core/ports/runtime.h"

namespace delta {

/// Thread: any.
class StopSignal {
 public:
  explicit StopSignal(Runtime runtime) : monitor_(runtime.tasks.make_monitor()) {}

  void request() {
    const Lock lock(*monitor_);
    requested_ = true;
    monitor_->notify_all();
  }
  bool requested() const {
    const Lock lock(*monitor_);
    return requested_;
  }
  /// Suspends until `time`; false as soon as the stop is requested.
  bool sleep_until(MonoTime time) {
    Lock lock(*monitor_);
    while (!requested_) {
      if (!monitor_->wait_until(time)) break;
    }
    return !requested_;
  }

 private:
  std::unique_ptr<Monitor> monitor_;
  bool requested_ = false;
};

}  // namespace delta
