// Tasks that are counted, so that one can wait for the last of them.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "core/ports/runtime.h"

namespace aftershock {

/// Thread: any. Must outlive its tasks: wait_for_all() before it goes.
class TaskGroup {
 public:
  explicit TaskGroup(delta::Runtime runtime)
      : runtime_(runtime), monitor_(runtime.tasks.make_monitor()) {}

  void spawn(std::string_view name, std::function<void()> body) {
    {
      const delta::Lock lock(*monitor_);
      ++running_;
    }
    runtime_.tasks.spawn(name, [this, body = std::move(body)] {
      body();
      const delta::Lock lock(*monitor_);
      --running_;
      monitor_->notify_all();
    });
  }
  /// Suspends.
  void wait_for_all() {
    delta::Lock lock(*monitor_);
    while (running_ > 0) monitor_->wait_until(delta::kNoDeadline);
  }

 private:
  delta::Runtime runtime_;
  std::unique_ptr<delta::Monitor> monitor_;
  std::size_t running_ = 0;
};

}  // namespace aftershock
