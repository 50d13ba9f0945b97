// Running fibers and events, and their suspension points. Kill and pause: process_control.cpp.
#include "simulator/kernel/kernel.h"

#include <exception>
#include <utility>

#include "core/check.h"
#include "simulator/kernel/fiber_host.h"

namespace aftershock::sim {
namespace {

constexpr std::size_t kDeadlockNames = 20;       ///< waiting fibers listed by name
constexpr std::uint32_t kKillsSwallowed = 1000;  ///< before a fiber counts as unkillable

std::string describe(const Panic& panic) {
  std::string text = "process " + panic.process;
  if (!panic.fiber.empty()) text += ", fiber " + panic.fiber;
  return text + ": " + panic.message + " [" + panic.invariant + "]";
}

/// Runs `body` and returns what escaped from it, as a panic without names.
std::optional<Panic> escaped_from(Callback& body) {
  try {
    body();
  } catch (const ProcessKilled&) {
  } catch (const delta::CheckFailed& failure) {
    return Panic{{}, {}, failure.what, failure.invariant};
  } catch (const std::exception& error) {
    return Panic{{}, {}, error.what(), "exception"};
  } catch (...) {
    return Panic{{}, {}, "an exception that is not a std::exception", "exception"};
  }
  return std::nullopt;
}

}  // namespace

KernelPanic::KernelPanic(Panic what_happened)
    : std::runtime_error(describe(what_happened)), panic(std::move(what_happened)) {}

Kernel::Kernel(KernelOptions options)
    : own_stacks_(options.stack_size),
      stacks_(options.stacks != nullptr ? *options.stacks : own_stacks_),
      root_(options.seed),
      scheduler_(root_.stream("kernel schedule"),
                 {options.schedule, options.pct, options.guide, options.tick}, options.log) {
  pump_.process = &create_process("main");
  pump_.name = "pump";
}

Kernel::~Kernel() = default;

delta::Rng Kernel::stream(std::string_view name, std::uint64_t index) const {
  return root_.stream(name, index);
}

void Kernel::on_panic(std::function<void(Process&, const Panic&)> handler) {
  on_panic_ = std::move(handler);
}

void Kernel::mix(std::uint64_t value, StepKind kind) {
  scheduler_.record(kind, running_->id, value);
}

void Kernel::at(SimTime when, Callback callback) {
  scheduler_.add_event(when, nullptr, std::move(callback));
}

void Kernel::at(SimTime when, Process& process, Callback callback) {
  if (process.alive()) scheduler_.add_event(when, &process, std::move(callback));
}

void Kernel::spawn(Process& process, std::string_view name, Callback body) {
  if (!process.alive() || inert()) return;
  if (idle_.empty()) {
    Fiber& made = fibers_.emplace_back();
    made.scheduler = &scheduler_;
    idle_.push_back(&made);
    if (idle_.capacity() < fibers_.size()) {
      idle_.reserve(2 * fibers_.size());  // so that finish() cannot fail
    }
  }
  Fiber& fiber = *idle_.back();
  if (host_ && fiber.context == nullptr) host_->make_context(fiber);
  idle_.pop_back();
  fiber.id = ++fiber_ids_;
  fiber.process = &process;
  fiber.name.assign(name);
  fiber.body = std::move(body);
  process.fibers_.push_back(fiber);
  if (scheduler_.log() != nullptr) {
    scheduler_.log()->name_fiber(fiber.id, process.name() + "/" + fiber.name);
  }
  scheduler_.record(StepKind::spawn, fiber.id, process.id());
  scheduler_.begin(fiber);
}

void Kernel::run(Callback main) {
  CHECK(!has_run_);
  has_run_ = true;
  host_ = std::make_unique<FiberHost>(*this, stacks_, pump_);
  spawn(main_process(), "main", std::move(main));
  main_fiber_ = fiber_ids_;
  for (Fiber& fiber : fibers_) {
    if (fiber.context == nullptr) host_->make_context(fiber);
  }
  pump();
  shut_down();
  if (panic_) throw KernelPanic(*panic_);
}

void Kernel::pump() {
  turn_ = scheduler_.choose();
  while (!stop_) {
    if (turn_.fiber != nullptr) {
      switch_to(*turn_.fiber);  // whoever switches back has set the next turn
    } else if (turn_.event != nullptr) {
      run_event(*turn_.event);
      turn_ = scheduler_.choose();
    } else {
      report(main_process(), deadlock());
    }
  }
}

void Kernel::run_event(Event& event) {
  if (event.process != nullptr) pump_.process = event.process;
  event.unlink();  // it has begun: a kill by itself must not destroy it
  std::optional<Panic> panic = escaped_from(event.callback);
  Process& process = *std::exchange(pump_.process, &main_process());
  scheduler_.release(event);
  if (panic && process.alive()) report(process, std::move(*panic));
}

void Kernel::shut_down() {
  // Fibers of dead processes make no new ones, and a process made meanwhile has none.
  for (std::size_t i = 0; i < processes_.size(); ++i) {
    if (processes_[i]->alive()) end(*processes_[i]);
  }
  scheduler_.drop_events();
  CHECK(fibers() == 0 && scheduler_.ready() == 0);
  for (Fiber* fiber : idle_) {
    fiber->retiring = true;
    switch_to(*fiber);
    fiber->context = nullptr;
  }
  host_->release_left();
  host_.reset();
}

void Kernel::fiber_main(Fiber& self) {
  host_->entered();
  while (!self.retiring) {
    run_body(self);
    finish(self);
  }
  running_ = &pump_;
  host_->leave();
}

void Kernel::run_body(Fiber& self) {
  std::optional<Panic> panic;
  if (self.process->alive()) panic = escaped_from(self.body);
  // What a killed process throws means nothing: its ports no longer answer.
  if (panic && self.process->alive()) {
    panic->fiber = self.name;
    report(*self.process, std::move(*panic));
  }
  self.body_ended = true;
  self.body.reset();
}

void Kernel::finish(Fiber& self) {
  scheduler_.record(StepKind::finish, self.id);
  if (self.id == main_fiber_) stop_ = true;
  self.Link<FiberTag>::unlink();
  self.body_ended = false;
  self.kills_swallowed = 0;
  self.critical_sections = 0;
  idle_.push_back(&self);
  if (self.killer != nullptr) {
    switch_to(*std::exchange(self.killer, nullptr));
  } else if (stop_) {
    switch_to(pump_);
  } else {
    suspend();
  }
}

void Kernel::switch_to(Fiber& next) {
  Fiber& self = *running_;
  if (&next == &self) return;
  running_ = &next;
  host_->switch_to(self, next);
}

void Kernel::suspend() {
  const Turn turn = scheduler_.choose();
  if (turn.fiber != nullptr) {
    switch_to(*turn.fiber);
  } else {
    turn_ = turn;
    switch_to(pump_);
  }
}

bool Kernel::inert() const {
  return !running_->process->alive() && (running_->body_ended || std::uncaught_exceptions() > 0);
}

bool Kernel::may_go_on() {
  if (running_->process->alive()) [[likely]]
    return true;
  if (inert()) return false;
  if (++running_->kills_swallowed > kKillsSwallowed) std::terminate();
  throw ProcessKilled();
}

bool Kernel::may_suspend() {
  if (!may_go_on()) return false;
  CHECK(running_ != &pump_);
  CHECK(running_->critical_sections == 0);
  CHECK(static_cast<std::byte*>(__builtin_frame_address(0)) > running_->stack_limit);
  return true;
}

void Kernel::sleep_until(SimTime when) {
  if (!may_suspend()) return;
  scheduler_.arm(*running_, when);
  suspend();
  may_go_on();
}

void Kernel::yield() {
  if (!may_suspend()) return;
  scheduler_.make_ready(*running_);
  suspend();
  may_go_on();
}

bool Kernel::wait(WaitQueue& queue, SimTime deadline) {
  if (!may_suspend()) return false;
  Fiber& self = *running_;
  self.notified = false;
  queue.waiters_.push_back(self);
  scheduler_.arm(self, deadline);
  suspend();
  return may_go_on() && self.notified;
}

void Kernel::report(Process& process, Panic panic) {
  panic.process = process.name();
  if (on_panic_) on_panic_(process, panic);
  if (on_panic_ && &process != &main_process()) return;
  if (!panic_) panic_ = std::move(panic);
  stop_ = true;
}

Panic Kernel::deadlock() {
  std::string text = "deadlock: nothing is ready and no timer is left; these wait:";
  std::size_t count = 0;
  for (const Fiber& fiber : fibers_) {
    if (fiber.Link<FiberTag>::linked() && ++count <= kDeadlockNames) {
      text += " " + fiber.process->name() + "/" + fiber.name;
      if (fiber.process->paused()) text += " (paused)";
    }
  }
  if (count > kDeadlockNames) text += " and " + std::to_string(count - kDeadlockNames) + " more";
  return {{}, {}, std::move(text), "deadlock"};
}

}  // namespace aftershock::sim
