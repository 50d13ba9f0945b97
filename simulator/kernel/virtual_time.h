// The simulator's own time: it starts at 0 and moves only when nothing is left to do at an instant.
#pragma once

#include <chrono>

#include "core/time.h"

namespace aftershock::sim {

/// Has no now(): a value of it comes from Kernel::now().
struct VirtualClock {
  using duration = delta::Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<VirtualClock, duration>;
  static constexpr bool is_steady = true;
};
using SimTime = VirtualClock::time_point;

/// "no deadline": a wait or sleep until then ends only by a notification or a kill.
inline constexpr SimTime kForever = SimTime::max();

}  // namespace aftershock::sim
