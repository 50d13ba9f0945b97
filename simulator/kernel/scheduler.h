// Decides what runs next: the virtual clock, the timers and the ready fibers. Internal to the
// kernel; knows nothing of stacks and contexts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "core/rng.h"
#include "simulator/kernel/fiber.h"
#include "simulator/kernel/process.h"
#include "simulator/kernel/ready_fibers.h"
#include "simulator/kernel/schedule.h"
#include "simulator/kernel/step_log.h"
#include "simulator/kernel/timer_heap.h"

namespace aftershock::sim {

/// Who runs next. Neither: nothing is ready and no timer is left.
struct Turn {
  Fiber* fiber = nullptr;
  Event* event = nullptr;
};

class Scheduler {
 public:
  Scheduler(delta::Rng random, const ScheduleOptions& options, StepLog* log)
      : ready_(random, options), tick_(options.tick), log_(log) {}

  SimTime now() const { return now_; }
  std::uint64_t steps() const { return steps_; }
  std::uint64_t digest() const { return digest_; }
  StepLog* log() const { return log_; }

  /// Counts and digests a step.
  void record(StepKind kind, std::uint64_t fiber, std::uint64_t value = 0);

  /// Everything due now comes before any choice: fibers become ready together, events run in
  /// (time, sequence) order. The clock moves only when nothing is due or ready.
  Turn choose();

  /// For a fiber that has a new body.
  void begin(Fiber& fiber);
  void make_ready(Fiber& fiber);
  /// The fiber becomes ready then, unless it is notified or disarmed before.
  void arm(Fiber& fiber, SimTime when) {
    if (when != kForever) timers_.arm(when, fiber);
  }
  /// Ends the fiber's wait before its deadline.
  void notify(Fiber& fiber);

  /// `process` may be null.
  void add_event(SimTime when, Process* process, Callback callback);
  /// To be called after the event's callback ran, or instead of it.
  void release(Event& event) noexcept;

  void set_wakeup_delay(Process& process, std::function<delta::Duration()> delay);
  void park(Process& process);
  void unpark(Process& process);
  /// Takes the process's fibers out of every list of ready, waiting and sleeping ones, and drops
  /// its events.
  void forget(Process& process);
  /// Drops the events that are bound to no process.
  void drop_events();

  /// Timers held, cancelled ones included: for tests of their clean-up.
  std::size_t timers() const { return timers_.size(); }
  std::size_t ready() const { return ready_.size(); }
  std::uint64_t choices() const { return ready_.choices(); }

 private:
  SimTime next_instant() const;
  void make_ready_later(Fiber& fiber);
  bool put_off(Timed& due, Process& process);

  SimTime now_{};
  TimerHeap timers_;
  ReadyFibers ready_;
  delta::Duration tick_;
  std::uint64_t steps_ = 0;
  std::uint64_t digest_ = 0;
  StepLog* log_;
  std::deque<Event> events_;  ///< all that were ever made; reused
  std::vector<Event*> free_events_;
};

}  // namespace aftershock::sim
