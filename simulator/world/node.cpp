#include "simulator/world/node.h"

namespace aftershock::sim {

namespace {

/// How often a stopping process is looked at.
constexpr delta::Duration kStopPoll{100'000'000};

}  // namespace

Node::Node(Kernel& kernel, HostId host, std::string name, RestartPolicy policy, Start start,
           Ended ended)
    : kernel_(kernel),
      host_(host),
      name_(std::move(name)),
      policy_(policy),
      start_(std::move(start)),
      ended_(std::move(ended)) {}

void Node::start() {
  CHECK(runtime_ == nullptr);
  ++starts_;
  paused_ = {};
  Process& process = kernel_.create_process(name_);
  runtime_ = std::make_unique<ProcessRuntime>(kernel_, process);
  program_ = start_(*runtime_);
}

void Node::end(bool clean) {
  if (runtime_ == nullptr) return;
  kernel_.kill(runtime_->process());
  ++ends_;
  ended_();
  program_.reset();
  runtime_.reset();
  const bool again =
      policy_.when == RestartWhen::always || (policy_.when == RestartWhen::on_failure && !clean);
  if (!again) return;
  kernel_.at(kernel_.now() + policy_.delay, [this, incarnation = starts_] {
    if (runtime_ == nullptr && starts_ == incarnation) start();
  });
}

void Node::kill() { end(false); }

void Node::stop(delta::Duration grace) {
  if (program_ == nullptr) return;
  program_->stop();
  check_stopped(starts_, kernel_.now() + grace);
}

void Node::check_stopped(std::uint64_t incarnation, SimTime deadline) {
  if (runtime_ == nullptr || starts_ != incarnation) return;
  const bool done = program_->stopped();
  if (done || kernel_.now() >= deadline) return end(done);
  kernel_.at(kernel_.now() + kStopPoll,
             [this, incarnation, deadline] { check_stopped(incarnation, deadline); });
}

Process* Node::pause() {
  if (runtime_ == nullptr) return nullptr;
  if (!paused_.on()) kernel_.pause(runtime_->process());
  paused_.set(true);
  return &runtime_->process();
}

void Node::resume(const Process* paused) {
  if (runtime_ == nullptr || paused != &runtime_->process()) return;
  paused_.set(false);
  if (!paused_.on()) kernel_.resume(runtime_->process());
}

}  // namespace aftershock::sim
