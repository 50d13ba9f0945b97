// Whether the background loops still turn: what a liveness probe asks. A dependency that is away
// stops no loop, so a probe never restarts a process for its database's sake.
#pragma once

#include <array>
#include <atomic>
#include <string_view>
#include <vector>

#include "core/metrics_table.h"
#include "core/time.h"

namespace delta {

/// Thread: any. Never suspends.
class Pulse {
 public:
  /// The loop begins a round, and will begin the next one within `interval` and one hung call.
  void beat(BackgroundJob loop, MonoTime now, Duration interval) {
    due_[static_cast<std::size_t>(loop)].store((now + interval + kPatience).time_since_epoch());
  }
  /// The loops that have not begun their next round in time.
  std::vector<std::string_view> stuck(MonoTime now) const {
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < due_.size(); ++i) {
      const Duration due = due_[i].load();
      if (due != Duration(0) && now.time_since_epoch() > due) {
        names.push_back(labels::background_jobs[i]);
      }
    }
    return names;
  }

 private:
  /// Longer than any call of a port may hang.
  static constexpr Duration kPatience = 60s;

  std::array<std::atomic<Duration>, labels::background_jobs.size()> due_{};  ///< 0: not started
};

}  // namespace delta
