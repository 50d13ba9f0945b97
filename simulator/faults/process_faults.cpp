// process.*
#include <functional>
#include <utility>

#include "simulator/faults/fault.h"

namespace aftershock::sim {

namespace {

using Targets = std::vector<FaultTarget>;

std::string share(std::size_t hit, const Targets& targets) {
  return std::to_string(hit) + " of " + std::to_string(targets.size());
}

/// A number that the supervisor or the kernel keeps of each target.
class Record {
 public:
  using Read = std::function<std::uint64_t(const Node&)>;

  Record(const Targets& targets, Read read) : targets_(targets), read_(std::move(read)) {}

  void begin() {
    for (const FaultTarget& target : targets_) before_.push_back(read_(*target.node));
  }
  /// Of how many targets it has grown by at least `least` since begin(); 0 before that.
  std::size_t grown(std::uint64_t least = 1) const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < before_.size(); ++i) {
      if (read_(*targets_[i].node) - before_[i] >= least) ++count;
    }
    return count;
  }
  std::uint64_t total() const {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < before_.size(); ++i) sum += read_(*targets_[i].node) - before_[i];
    return sum;
  }

 private:
  const Targets& targets_;
  Read read_;
  std::vector<std::uint64_t> before_;
};

/// Proof for faults that end processes: each target's supervisor has seen its process end, and how.
class EndFault final : public Fault {
 public:
  using End = std::function<void(Node&)>;

  EndFault(const FaultRequest& request, End end, std::optional<EndCause> cause = std::nullopt)
      : targets_(request.targets), end_(std::move(end)), ends_(targets_, [cause](const Node& node) {
          return cause ? node.ends(*cause) : node.ends();
        }) {}
  void inject() override {
    ends_.begin();
    for (const FaultTarget& target : targets_) end_(*target.node);
  }
  Effect effect() const override {
    return {ends_.grown() == targets_.size(),
            share(ends_.grown(), targets_) + " supervisors saw their process end so"};
  }

 private:
  Targets targets_;
  End end_;
  Record ends_;
};

/// Proof: each target's process has ended, and another one was started.
class Restart final : public Fault {
 public:
  explicit Restart(const FaultRequest& request)
      : targets_(request.targets),
        grace_(request.parameters.duration("grace")),
        ends_(targets_, [](const Node& node) { return node.ends(); }),
        starts_(targets_, &Node::incarnation) {}
  void inject() override {
    ends_.begin();
    starts_.begin();
    for (const FaultTarget& target : targets_) target.node->restart(grace_);
  }
  Effect effect() const override {
    const std::size_t both = std::min(ends_.grown(), starts_.grown());
    return {both == targets_.size(), share(both, targets_) + " processes ended and came back"};
  }

 private:
  Targets targets_;
  delta::Duration grace_;
  Record ends_;
  Record starts_;
};

/// Proof: each supervisor has seen at least two processes end, so one came up in vain.
class CrashLoop final : public Fault {
 public:
  explicit CrashLoop(const FaultRequest& request)
      : targets_(request.targets),
        uptime_(request.parameters.duration("period")),
        ends_(targets_, [](const Node& node) { return node.ends(); }) {}
  void inject() override {
    ends_.begin();
    for (const FaultTarget& target : targets_) target.node->begin_crash_loop(uptime_);
  }
  void heal() override {
    for (const FaultTarget& target : targets_) target.node->end_crash_loop(uptime_);
  }
  Effect effect() const override {
    const std::size_t looping = ends_.grown(2);
    return {looping == targets_.size(), delta::counted(ends_.total(), "process") + " ended; " +
                                            share(looping, targets_) + " targets crash in a loop"};
  }

 private:
  Targets targets_;
  delta::Duration uptime_;
  Record ends_;
};

/// Proof: the kernel counts wake-ups of the targets that it made late.
class CpuStress final : public Fault {
 public:
  explicit CpuStress(const FaultRequest& request)
      : targets_(request.targets),
        delay_(request.parameters.duration("delay")),
        late_(targets_, &Node::late_wakeups) {}
  void inject() override {
    late_.begin();
    for (const FaultTarget& target : targets_) target.node->begin_overload(delay_);
  }
  void heal() override {
    for (const FaultTarget& target : targets_) target.node->end_overload(delay_);
  }
  Effect effect() const override {
    return {late_.grown() == targets_.size(), delta::counted(late_.total(), "late wake-up") +
                                                  ", at " + share(late_.grown(), targets_) +
                                                  " targets"};
  }

 private:
  Targets targets_;
  delta::Duration delay_;
  Record late_;
};

/// Proof: the kernel holds the process stopped. A process that died meanwhile cannot be paused.
class Pause final : public Fault {
 public:
  explicit Pause(const FaultRequest& request) : targets_(request.targets) {}
  void inject() override {
    for (const FaultTarget& target : targets_) paused_.push_back(target.node->pause());
  }
  void heal() override {
    for (std::size_t i = 0; i < paused_.size(); ++i) targets_[i].node->resume(paused_[i]);
  }
  Effect effect() const override {
    std::size_t stopped = 0;
    for (const Process* process : paused_) {
      if (process != nullptr && process->alive() && process->paused()) ++stopped;
    }
    return {!paused_.empty() && stopped == paused_.size(),
            share(stopped, targets_) + " processes stand still"};
  }

 private:
  Targets targets_;
  std::vector<const Process*> paused_;
};

std::unique_ptr<Fault> make_end_fault(const FaultRequest& request) {
  const auto make = [&request](EndFault::End end, std::optional<EndCause> cause) {
    return std::make_unique<EndFault>(request, std::move(end), cause);
  };
  if (request.kind == "process.kill") {
    const bool power_loss = request.parameters.flag("power_loss");
    return make([power_loss](Node& node) { power_loss ? node.lose_power() : node.kill(); },
                EndCause::killed);
  }
  if (request.kind == "process.stop") {
    const delta::Duration grace = request.parameters.duration("grace");
    return make([grace](Node& node) { node.stop(grace); }, std::nullopt);
  }
  if (request.kind == "process.oom") {
    return make([](Node& node) { node.kill(EndCause::oom); }, EndCause::oom);
  }
  if (request.kind == "process.panic") {
    return make([](Node& node) { node.panic(); }, EndCause::panicked);
  }
  return nullptr;
}

}  // namespace

std::unique_ptr<Fault> make_process_fault(World&, const FaultRequest& request) {
  if (request.kind == "process.pause") return std::make_unique<Pause>(request);
  if (request.kind == "process.restart") return std::make_unique<Restart>(request);
  if (request.kind == "process.crash_loop") return std::make_unique<CrashLoop>(request);
  if (request.kind == "process.cpu_stress") return std::make_unique<CpuStress>(request);
  return make_end_fault(request);
}

}  // namespace aftershock::sim
