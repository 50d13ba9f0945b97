#include "simulator/world/node.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace aftershock::sim {

namespace {

/// How often a stopping process is looked at.
constexpr delta::Duration kStopPoll{100'000'000};

}  // namespace

Node::Node(Kernel& kernel, Network& network, HostId host, std::string name, RestartPolicy policy,
           Start start, Ended ended)
    : kernel_(kernel),
      network_(network),
      host_(host),
      name_(std::move(name)),
      policy_(policy),
      start_(std::move(start)),
      ended_(std::move(ended)),
      overload_rng_(kernel.stream("overload", static_cast<std::uint64_t>(host))) {}

void Node::start() {
  CHECK(runtime_ == nullptr);
  starts_with_power_ = unpowered_.on();
  if (starts_with_power_) return;
  ++starts_;
  started_at_ = kernel_.now();
  paused_ = {};
  restart_at_once_ = held_ = false;
  network_.set_down(host_, false);
  Process& process = kernel_.create_process(name_);
  runtime_ = std::make_unique<ProcessRuntime>(kernel_, process, network_.clock(host_));
  update_wakeups();
  if (WorldObserver* observer = network_.observer()) observer->on_start(*this);
  program_ = start_(*runtime_);
  arm_crash();
}

void Node::end(EndCause cause) {
  if (runtime_ == nullptr) return;
  kernel_.kill(runtime_->process());
  ++ends_[static_cast<std::size_t>(cause)];
  late_wakeups_ += runtime_->process().late_wakeups();
  ended_();
  if (WorldObserver* observer = network_.observer()) observer->on_end(*this, cause);
  program_.reset();
  runtime_.reset();
  const bool again =
      !held_ && (restart_at_once_ || policy_.when == RestartWhen::always ||
                 (policy_.when == RestartWhen::on_failure && cause != EndCause::stopped));
  if (again) start_again();
}

void Node::start_again() {
  delta::Duration delay = restart_at_once_ ? delta::Duration(0) : next_delay();
  if (Buggify* buggify = network_.buggify()) delay += buggify->delay(BuggifySite::late_restart);
  kernel_.at(kernel_.now() + delay, [this, incarnation = starts_] {
    if (runtime_ == nullptr && starts_ == incarnation && !held_) start();
  });
}

delta::Duration Node::next_delay() {
  const bool ran_well = kernel_.now() - started_at_ >= policy_.reset_after;
  const bool first = ran_well || last_delay_ == delta::Duration(0);
  const delta::Duration longest = std::max(policy_.longest, policy_.delay);
  last_delay_ = first ? policy_.delay : std::min(2 * last_delay_, longest);
  return last_delay_;
}

void Node::kill(EndCause cause) {
  CHECK(cause != EndCause::stopped);
  end(cause);
}

void Node::lose_power() {
  network_.set_down(host_, true);  // first: what the operating system would still say is not sent
  end(EndCause::killed);
}

void Node::cut_power() {
  unpowered_.set(true);
  lose_power();
}

void Node::give_power() {
  unpowered_.set(false);
  if (unpowered_.on() || held_) return;
  network_.set_down(host_, false);
  if (std::exchange(starts_with_power_, false)) start_again();
}

void Node::power_off() {
  held_ = true;
  lose_power();
}

void Node::shut_down(delta::Duration grace) {
  held_ = true;
  stop(grace);
}

void Node::stop(delta::Duration grace) {
  if (program_ == nullptr) return;
  program_->stop();
  check_stopped(starts_, kernel_.now() + grace);
}

void Node::restart(delta::Duration grace) {
  if (program_ == nullptr) return start();
  restart_at_once_ = true;
  stop(grace);
}

void Node::check_stopped(std::uint64_t incarnation, SimTime deadline) {
  if (runtime_ == nullptr || starts_ != incarnation) return;
  const bool done = program_->stopped();
  if (done || kernel_.now() >= deadline) return end(done ? EndCause::stopped : EndCause::killed);
  kernel_.at(kernel_.now() + kStopPoll,
             [this, incarnation, deadline] { check_stopped(incarnation, deadline); });
}

void Node::panic() {
  if (runtime_ == nullptr) return;
  kernel_.spawn(runtime_->process(), kInjectedPanic,
                [] { throw std::runtime_error("panic: injected"); });
}

Process* Node::pause() {
  if (runtime_ == nullptr) return nullptr;
  if (!paused_.on()) {
    kernel_.pause(runtime_->process());
    if (WorldObserver* observer = network_.observer()) observer->on_pause(*this, true);
  }
  paused_.set(true);
  return &runtime_->process();
}

void Node::resume(const Process* paused) {
  if (runtime_ == nullptr || paused != &runtime_->process()) return;
  paused_.set(false);
  if (paused_.on()) return;
  kernel_.resume(runtime_->process());
  if (WorldObserver* observer = network_.observer()) observer->on_pause(*this, false);
}

void Node::begin_crash_loop(delta::Duration uptime) {
  crash_loops_.push_back(uptime);
  arm_crash();
}

void Node::end_crash_loop(delta::Duration uptime) {
  const auto found = std::ranges::find(crash_loops_, uptime);
  CHECK(found != crash_loops_.end());
  crash_loops_.erase(found);
}

void Node::arm_crash() {
  if (runtime_ == nullptr || crash_loops_.empty()) return;
  kernel_.at(kernel_.now() + std::ranges::min(crash_loops_), [this, incarnation = starts_] {
    if (starts_ == incarnation && !crash_loops_.empty()) kill();
  });
}

void Node::begin_overload(delta::Duration delay) {
  overload_ += delay;
  update_wakeups();
}

void Node::end_overload(delta::Duration delay) {
  CHECK(overload_ >= delay);
  overload_ -= delay;
  update_wakeups();
}

void Node::update_wakeups() {
  if (runtime_ == nullptr) return;
  const bool late = overload_ > delta::Duration(0) || network_.buggify() != nullptr;
  kernel_.delay_wakeups(runtime_->process(), late ? [this] { return wakeup_delay(); }
                                                  : std::function<delta::Duration()>());
}

delta::Duration Node::wakeup_delay() {
  delta::Duration delay{};
  if (overload_ > delta::Duration(0)) {
    delay += overload_rng_.between(overload_ / 2, overload_ / 2 + overload_);
  }
  if (Buggify* buggify = network_.buggify()) {
    delay += buggify->delay(BuggifySite::late_wakeup);
    delay += buggify->delay(BuggifySite::reordered_wakeup);
  }
  return delay;
}

std::uint64_t Node::ends() const { return std::reduce(ends_.begin(), ends_.end()); }

std::uint64_t Node::late_wakeups() const {
  return late_wakeups_ + (runtime_ ? runtime_->process().late_wakeups() : 0);
}

}  // namespace aftershock::sim
