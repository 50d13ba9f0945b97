// Runs the kernel's fibers on Boost.Fiber, under a scheduling algorithm that leaves every choice
// to the kernel. Internal to the kernel.
#pragma once

#include "simulator/kernel/fiber.h"
#include "simulator/kernel/stack_pool.h"

namespace aftershock::sim {

class Kernel;

/// While it exists, the constructing OS thread's Boost.Fiber scheduler serves one kernel only.
/// Fibers switch to each other directly; the thread's own stack is one more of them, the pump.
class FiberHost {
 public:
  FiberHost(Kernel& kernel, StackPool& stacks, Fiber& pump);
  FiberHost(const FiberHost&) = delete;
  FiberHost& operator=(const FiberHost&) = delete;
  /// Every fiber must have been retired.
  ~FiberHost();

  /// Makes the fiber's context and stack. It begins in Kernel::fiber_main() at the first switch.
  void make_context(Fiber& fiber);
  /// From the running fiber to another. Returns when something switches back.
  void switch_to(Fiber& self, Fiber& next) noexcept;
  /// The first thing to do on a fiber's own stack.
  void entered() noexcept;
  /// The last: the fiber must return from its function next, which continues the pump.
  void leave() noexcept;
  /// Frees the contexts and stacks of the fibers that have left. Only on the pump.
  void release_left();

 private:
  Kernel& kernel_;
  StackPool& stacks_;
  Fiber& pump_;
  boost::fibers::context* made_ = nullptr;
  ExceptionState* exceptions_ = ExceptionState::of_this_thread();
};

}  // namespace aftershock::sim
