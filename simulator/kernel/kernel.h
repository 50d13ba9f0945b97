// The simulator's kernel: processes and fibers under a virtual clock, in an order that is a
// function of the seed. Everything here is single threaded; kernels in other threads are
// independent of each other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/rng.h"
#include "simulator/kernel/callback.h"
#include "simulator/kernel/process.h"
#include "simulator/kernel/scheduler.h"
#include "simulator/kernel/stack_pool.h"
#include "simulator/kernel/step_log.h"
#include "simulator/kernel/virtual_time.h"
#include "simulator/kernel/wait_queue.h"

namespace aftershock::sim {

class FiberHost;

struct KernelOptions {
  std::uint64_t seed = 0;
  Schedule schedule = Schedule::random;
  PctOptions pct = {};                         ///< of Schedule::pct
  Guide* guide = nullptr;                      ///< of Schedule::guided; outlives the kernel
  delta::Duration tick{};                      ///< see ScheduleOptions
  std::size_t stack_size = kDefaultStackSize;  ///< bytes; unused when `stacks` is given
  StepLog* log = nullptr;                      ///< receives every step; outlives the kernel
  StackPool* stacks = nullptr;  ///< to reuse over kernels, one at a time; outlives the kernel
};

/// Unwinds a killed process's fibers. Thrown by suspension points only and caught by the kernel
/// only; deliberately not a std::exception. Code that catches it anyway gets it again at its next
/// suspension point; a fiber that goes on regardless ends the program.
struct ProcessKilled {};

/// An exception that nobody caught, or a deadlock.
struct Panic {
  std::string process;
  std::string fiber;  ///< empty: an event, or a deadlock
  std::string message;
  std::string invariant;  ///< of a CheckFailed; "deadlock"; else "exception"
};

/// Ends run().
struct KernelPanic : std::runtime_error {
  explicit KernelPanic(Panic what_happened);
  Panic panic;
};

class Kernel {
 public:
  explicit Kernel(KernelOptions options);
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;
  ~Kernel();

  SimTime now() const { return scheduler_.now(); }
  /// A generator of its own: drawing from it shifts no other stream. The same name and index
  /// give the same numbers again.
  delta::Rng stream(std::string_view name, std::uint64_t index = 0) const;

  /// Runs `main` as a fiber of main_process(), with all else, until it returns. Then kills every
  /// process, unwinds all fibers and drops all events. Once in a kernel's life, not inside
  /// another kernel's run(). Throws KernelPanic after a panic that no handler took.
  void run(Callback main);

  /// May be called before run(), as may spawn() and at().
  Process& create_process(std::string name);
  /// Killed by the end of run() and by nothing else.
  Process& main_process() { return *processes_.front(); }
  /// Of the running fiber or bound event; main_process() in other events and outside run().
  Process& current_process() { return *running_->process; }

  /// Makes a ready fiber; does not suspend. On a killed process: destroys `body`, no more.
  void spawn(Process& process, std::string_view name, Callback body);

  /// SIGKILL: alive() turns false at once, timers, waits and bound events vanish, and before the
  /// call returns every fiber of the process has unwound by ProcessKilled; one that never ran
  /// never does. While it unwinds, suspension points neither suspend nor throw (wait() is false),
  /// and kill, pause, resume and spawn do nothing. A fiber that kills its own process goes on to
  /// its next suspension point. Nothing happens when the process is dead.
  /// A destructor must not be suspended, outside unwinding, when its process may be killed: an
  /// exception cannot leave it, so the program ends.
  void kill(Process& process);
  /// SIGSTOP: fibers and bound events that become ready or due are parked until resume(). The
  /// calling fiber, if it is one of them, goes on to its next suspension point.
  void pause(Process& process);
  /// SIGCONT: what was parked is ready or due now, in the order in which it was parked.
  void resume(Process& process);
  /// An overloaded host: each fiber and bound event of `process` that becomes ready or due from
  /// now on is late by what `delay` returns for it; 0 is on time. Empty: all are. `delay` must
  /// neither suspend nor touch the kernel. Nothing happens when the process is dead.
  void delay_wakeups(Process& process, std::function<delta::Duration()> delay);

  /// Runs `callback` at `when`, or now if that is past: as soon as the running fiber suspends,
  /// before any other fiber. It runs on the pump, not in a fiber: it must not suspend.
  void at(SimTime when, Callback callback);
  /// The same as a part of `process`: dropped when it is killed, parked while it is paused.
  void at(SimTime when, Process& process, Callback callback);

  // Suspension points: only from fibers. They throw ProcessKilled; see kill(). CheckFailed when
  // called elsewhere, or when the fiber's stack is nearly used up.
  /// A time that is past suspends as yield() does.
  void sleep_until(SimTime when);
  /// Lets the other ready fibers have a turn.
  void yield();
  /// True: notified. False: the deadline passed, or the process was killed.
  bool wait(WaitQueue& queue, SimTime deadline);

  /// What the running fiber does until it leaves again must not suspend: a suspension point is a
  /// CheckFailed. May be nested.
  void enter_critical_section() { ++running_->critical_sections; }
  void leave_critical_section() {
    CHECK(running_->critical_sections > 0);
    --running_->critical_sections;
  }

  /// Of all steps so far: equal for equal seeds, whatever the build, thread and history.
  std::uint64_t digest() const { return scheduler_.digest(); }
  std::uint64_t steps() const { return scheduler_.steps(); }
  /// How often the schedule had several fibers to choose from.
  std::uint64_t choices() const { return scheduler_.choices(); }
  /// Makes a draw, a commit or another value a step of its own.
  void mix(std::uint64_t value, StepKind kind = StepKind::value);

  /// Takes the panics of every process but the main one: a fiber or event that ended by
  /// CheckFailed or another exception. It runs where the panic was, must neither suspend nor
  /// throw, and decides what becomes of the process. A panic of the main process is shown to it,
  /// and ends run() all the same. Without a handler any panic does.
  void on_panic(std::function<void(Process&, const Panic&)> handler);

  /// Fibers that have begun or will.
  std::size_t fibers() const { return fibers_.size() - idle_.size(); }
  /// Timers held, cancelled ones included.
  std::size_t timers() const { return scheduler_.timers(); }

 private:
  friend class FiberHost;

  void fiber_main(Fiber& self);
  void run_body(Fiber& self);
  void finish(Fiber& self);
  void pump();
  void run_event(Event& event);
  void shut_down();

  /// False: the caller must return at once. Throws ProcessKilled as kill() says.
  bool may_suspend();
  bool may_go_on();  ///< the same, after the suspension
  void suspend();
  bool inert() const;
  void switch_to(Fiber& next);

  void end(Process& process);
  void unwind(Fiber& fiber);
  void report(Process& process, Panic panic);
  Panic deadlock();

  StackPool own_stacks_;
  StackPool& stacks_;
  delta::Rng root_;
  Scheduler scheduler_;
  std::deque<Fiber> fibers_;  ///< all that were ever made; reused
  std::vector<Fiber*> idle_;
  std::vector<std::unique_ptr<Process>> processes_;
  Fiber pump_;
  Fiber* running_ = &pump_;
  Turn turn_;  ///< what the pump is to do when it is switched to
  std::unique_ptr<FiberHost> host_;
  std::uint64_t main_fiber_ = 0;  ///< id
  std::uint64_t fiber_ids_ = 0;
  bool has_run_ = false;
  bool stop_ = false;
  std::optional<Panic> panic_;
  std::function<void(Process&, const Panic&)> on_panic_;
};

}  // namespace aftershock::sim
