// The kernel's record of a fiber, and of an event. Internal to the kernel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "simulator/kernel/callback.h"
#include "simulator/kernel/exception_state.h"
#include "simulator/kernel/link.h"
#include "simulator/kernel/stack_pool.h"
#include "simulator/kernel/timer_heap.h"
#include "simulator/kernel/wait_queue.h"

namespace boost::fibers {
class context;
}

namespace aftershock::sim {

struct FiberTag;
struct EventTag;
class Scheduler;
class Process;

/// Reused with its Boost context and stack for one body after another. Never freed before the
/// kernel, so that stale timers may point to it.
struct Fiber : Timed, Link<WaitTag>, Link<FiberTag> {
  Fiber() : Timed(Kind::fiber) {}

  Scheduler* scheduler = nullptr;
  Process* process = nullptr;
  boost::fibers::context* context = nullptr;  ///< null: not made yet
  std::uint64_t id = 0;                       ///< another for each body; 0 for the kernel's own
  std::uint64_t priority = 0;                 ///< only of Schedule::pct
  std::byte* stack_limit = nullptr;           ///< a suspension deeper than this is an overflow
  ExceptionState exceptions;                  ///< while it does not run
  Fiber* killer = nullptr;                    ///< whom to return to once unwound
  bool notified = false;                      ///< its last wait ended by a notification
  bool body_ended = false;
  bool retiring = false;                ///< its Boost context must end
  std::uint32_t critical_sections = 0;  ///< that it is in: it must not suspend
  std::uint32_t kills_swallowed = 0;
  Callback body;
  std::string name;
  Stack stack;
  void* sanitizer_stack = nullptr;  ///< ASan's own, while it does not run
};

struct Event : Timed, Link<EventTag> {
  Event() : Timed(Kind::event) {}

  Process* process = nullptr;  ///< null: bound to none
  Callback callback;
};

}  // namespace aftershock::sim
