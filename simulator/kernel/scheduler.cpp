// The virtual clock, the timers and the choice of the next fiber.
#include "simulator/kernel/scheduler.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/check.h"

namespace aftershock::sim {
namespace {

/// Folds a 128-bit product: mixes two words in a few cycles (as wyhash does).
std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

}  // namespace

void Scheduler::record(StepKind kind, std::uint64_t fiber, std::uint64_t value) {
  ++steps_;
  const auto time = static_cast<std::uint64_t>(now_.time_since_epoch().count());
  const std::uint64_t who = fiber << 4 | static_cast<std::uint64_t>(kind);
  digest_ = fold(digest_ ^ time ^ 0x9E3779B97F4A7C15ULL, who ^ 0xA0761D6478BD642FULL) +
            fold(value ^ 0xE7037ED1A0B428DBULL, steps_ ^ 0x8EBC6AF09C88C6E3ULL);
  if (log_ != nullptr) log_->append({steps_, now_, kind, fiber, value, digest_});
}

Turn Scheduler::choose() {
  for (;;) {
    while (timers_.any() && timers_.next() <= now_) {
      Timed& due = timers_.pop();
      if (due.kind == Timed::Kind::fiber) {
        Fiber& fiber = static_cast<Fiber&>(due);
        fiber.Link<WaitTag>::unlink();
        make_ready(fiber);
        continue;
      }
      Event& event = static_cast<Event&>(due);
      if (event.process != nullptr && event.process->hindered_) [[unlikely]] {
        if (event.process->paused_) {
          event.process->parked_events_.push_back(&event);
          continue;
        }
        if (put_off(event, *event.process)) continue;
      }
      record(StepKind::event, 0);
      return {.fiber = nullptr, .event = &event};
    }
    if (ready_.size() > 0) {
      Fiber& fiber = ready_.take(now_);
      record(StepKind::fiber, fiber.id);
      return {.fiber = &fiber, .event = nullptr};
    }
    if (!timers_.any()) return {};
    now_ = next_instant();
  }
}

SimTime Scheduler::next_instant() const {
  const SimTime next = timers_.next();
  if (tick_ <= delta::Duration(0)) [[likely]]
    return next;
  const delta::Duration into_tick = next.time_since_epoch() % tick_;
  if (into_tick == delta::Duration(0) || next > kForever - tick_) return next;
  return next + (tick_ - into_tick);
}

void Scheduler::begin(Fiber& fiber) {
  ready_.introduce(fiber);
  make_ready(fiber);
}

void Scheduler::make_ready(Fiber& fiber) {
  if (fiber.process->hindered_) [[unlikely]]
    return make_ready_later(fiber);
  ready_.add(fiber);
}

void Scheduler::make_ready_later(Fiber& fiber) {
  if (fiber.process->paused_) {
    fiber.process->parked_fibers_.push_back(&fiber);
  } else if (!put_off(fiber, *fiber.process)) {
    ready_.add(fiber);
  }
}

/// False: it is on time, or has been late already.
bool Scheduler::put_off(Timed& due, Process& process) {
  if (std::exchange(due.late, false) || !process.wakeup_delay_) return false;
  const delta::Duration delay = process.wakeup_delay_();
  if (delay <= delta::Duration(0)) return false;
  ++process.late_wakeups_;
  due.late = true;
  timers_.arm(now_ + delay, due);
  return true;
}

void Scheduler::set_wakeup_delay(Process& process, std::function<delta::Duration()> delay) {
  process.wakeup_delay_ = std::move(delay);
  process.hindered_ = process.paused_ || process.wakeup_delay_;
}

void Scheduler::notify(Fiber& fiber) {
  timers_.disarm(fiber);
  fiber.notified = true;
  make_ready(fiber);
}

void Scheduler::add_event(SimTime when, Process* process, Callback callback) {
  CHECK(callback);
  if (free_events_.empty()) {
    free_events_.push_back(&events_.emplace_back());
    if (free_events_.capacity() < events_.size()) {
      free_events_.reserve(2 * events_.size());  // so that release() cannot fail
    }
  }
  Event& event = *free_events_.back();
  free_events_.pop_back();
  event.callback = std::move(callback);
  event.process = process;
  if (process != nullptr) process->events_.push_back(event);
  timers_.arm(when, event);
}

void Scheduler::release(Event& event) noexcept {
  timers_.disarm(event);
  event.late = false;
  event.unlink();
  event.process = nullptr;
  // Destroying the captures may run code that adds events: this one must not be free yet.
  event.callback.reset();
  free_events_.push_back(&event);
}

void Scheduler::park(Process& process) {
  process.paused_ = true;
  process.hindered_ = true;
  std::ranges::copy(ready_.remove(process), std::back_inserter(process.parked_fibers_));
}

void Scheduler::unpark(Process& process) {
  process.paused_ = false;
  process.hindered_ = static_cast<bool>(process.wakeup_delay_);
  for (Fiber* fiber : std::exchange(process.parked_fibers_, {})) make_ready(*fiber);
  for (Event* event : std::exchange(process.parked_events_, {})) timers_.arm(now_, *event);
}

void Scheduler::forget(Process& process) {
  ready_.remove(process);
  process.parked_fibers_.clear();
  process.parked_events_.clear();
  for (Link<FiberTag>* link = process.fibers_.next(); link != &process.fibers_;
       link = link->next()) {
    Fiber& fiber = static_cast<Fiber&>(*link);
    timers_.disarm(fiber);
    fiber.late = false;
    fiber.Link<WaitTag>::unlink();
  }
  while (process.events_.linked()) release(static_cast<Event&>(*process.events_.next()));
}

void Scheduler::drop_events() {
  // By index: what the captures' destructors run may add events, which this drops too.
  for (std::size_t i = 0; i < events_.size(); ++i) {
    if (events_[i].callback) release(events_[i]);
  }
}

}  // namespace aftershock::sim
