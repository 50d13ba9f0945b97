// Contexts, stacks and switches on Boost.Fiber.
#include "simulator/kernel/fiber_host.h"

#include <boost/fiber/algo/round_robin.hpp>
#include <boost/fiber/fiber.hpp>
#include <boost/fiber/operations.hpp>
#include <utility>

#include "core/check.h"
#include "simulator/kernel/kernel.h"

#if defined(AFTERSHOCK_ASAN)
#include <sanitizer/common_interface_defs.h>
#endif

namespace aftershock::sim {
namespace {

using boost::fibers::context;

/// How close to its stack's end a fiber may suspend: throwing from there must still fit.
constexpr std::size_t kStackReserve = kDefaultStackSize / 8;

/// Boost asks it only when a fiber ends, and to let its dispatcher free what has ended: those
/// turns go to the thread's own context, the pump. All others are FiberHost::switch_to().
class Algorithm final : public boost::fibers::algo::algorithm {
 public:
  /// `made` receives the context of each new fiber, which Boost tells only its algorithm.
  explicit Algorithm(context** made) : made_(made) {}

  void awakened(context* woken) noexcept override {
    if (woken->is_context(boost::fibers::type::dispatcher_context)) {
      dispatcher_ = woken;
    } else if (woken->is_context(boost::fibers::type::worker_context)) {
      *made_ = woken;
    }
  }
  context* pick_next() noexcept override {
    if (dispatcher_ == nullptr || context::active() != main_) return main_;
    return std::exchange(dispatcher_, nullptr);
  }
  bool has_ready_fibers() const noexcept override { return dispatcher_ != nullptr; }
  void suspend_until(const std::chrono::steady_clock::time_point&) noexcept override {}
  void notify() noexcept override {}

 private:
  context** made_;
  context* main_ = context::active();
  context* dispatcher_ = nullptr;
};

/// Boost's stack allocator concept over a StackPool.
struct PooledStack {
  using traits_type = boost::context::stack_traits;

  StackPool* pool;
  Fiber* fiber;

  boost::context::stack_context allocate() {
    fiber->stack = pool->take();
    boost::context::stack_context stack;
    stack.size = fiber->stack.size;
    stack.sp = fiber->stack.bottom + fiber->stack.size;
    return stack;
  }
  void deallocate(boost::context::stack_context& stack) noexcept {
    pool->give_back({static_cast<std::byte*>(stack.sp) - stack.size, stack.size});
  }
};

}  // namespace

FiberHost::FiberHost(Kernel& kernel, StackPool& stacks, Fiber& pump)
    : kernel_(kernel), stacks_(stacks), pump_(pump) {
  pump_.context = context::active();
  CHECK(pump_.context->is_context(boost::fibers::type::main_context));
  boost::fibers::use_scheduling_algorithm<Algorithm>(&made_);
}

FiberHost::~FiberHost() {
  pump_.context = nullptr;
  boost::fibers::use_scheduling_algorithm<boost::fibers::algo::round_robin>();
}

void FiberHost::make_context(Fiber& fiber) {
  boost::fibers::fiber made(boost::fibers::launch::post, std::allocator_arg,
                            PooledStack{&stacks_, &fiber},
                            [this, self = &fiber] { kernel_.fiber_main(*self); });
  fiber.context = made_;
  fiber.stack_limit = fiber.stack.bottom + kStackReserve;
  made.detach();
}

void FiberHost::switch_to(Fiber& self, Fiber& next) noexcept {
  self.exceptions = std::exchange(*exceptions_, next.exceptions);
#if defined(AFTERSHOCK_ASAN)
  __sanitizer_start_switch_fiber(&self.sanitizer_stack, next.stack.bottom, next.stack.size);
#endif
  next.context->resume();
#if defined(AFTERSHOCK_ASAN)
  __sanitizer_finish_switch_fiber(self.sanitizer_stack, nullptr, nullptr);
#endif
}

// ASan must know which stack is in use. Its detect_stack_use_after_return stays off, as it is by
// default: it would move Boost's last frames off the stack that leave() gives up.
void FiberHost::entered() noexcept {
#if defined(AFTERSHOCK_ASAN)
  const void* bottom = nullptr;
  std::size_t size = 0;
  __sanitizer_finish_switch_fiber(nullptr, &bottom, &size);
  // The very first switch is the pump's: that is how its stack becomes known.
  if (pump_.stack.size == 0)
    pump_.stack = {static_cast<std::byte*>(const_cast<void*>(bottom)), size};
#endif
}

void FiberHost::leave() noexcept {
  *exceptions_ = pump_.exceptions;
#if defined(AFTERSHOCK_ASAN)
  __sanitizer_start_switch_fiber(nullptr, pump_.stack.bottom, pump_.stack.size);
#endif
}

void FiberHost::release_left() { boost::this_fiber::yield(); }

}  // namespace aftershock::sim
