// process.kill, process.stop, process.pause
#include "simulator/faults/fault.h"

namespace aftershock::sim {

namespace {

constexpr delta::Duration kGrace{30'000'000'000};

/// Proof for faults that end processes: each target's supervisor has seen its process end.
class EndFault : public Fault {
 public:
  explicit EndFault(const FaultRequest& request) : targets_(request.targets) {}
  void inject() override {
    for (const FaultTarget& target : targets_) ends_before_.push_back(target.node->ends());
    for (const FaultTarget& target : targets_) end(*target.node);
  }
  Effect effect() const override {
    std::size_t ended = 0;
    for (std::size_t i = 0; i < ends_before_.size(); ++i) {
      if (targets_[i].node->ends() > ends_before_[i]) ++ended;
    }
    return {ended == targets_.size(), std::to_string(ended) + " of " +
                                          std::to_string(targets_.size()) +
                                          " supervisors saw their process end"};
  }

 private:
  virtual void end(Node& node) = 0;

  std::vector<FaultTarget> targets_;
  std::vector<std::uint64_t> ends_before_;
};

class Kill final : public EndFault {
 public:
  using EndFault::EndFault;

 private:
  void end(Node& node) override { node.kill(); }
};

class Stop final : public EndFault {
 public:
  using EndFault::EndFault;

 private:
  void end(Node& node) override { node.stop(kGrace); }
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
    return {!paused_.empty() && stopped == paused_.size(), std::to_string(stopped) + " of " +
                                                               std::to_string(targets_.size()) +
                                                               " processes stand still"};
  }

 private:
  std::vector<FaultTarget> targets_;
  std::vector<const Process*> paused_;
};

}  // namespace

std::unique_ptr<Fault> make_process_fault(World&, const FaultRequest& request) {
  if (request.kind == "process.kill") return std::make_unique<Kill>(request);
  if (request.kind == "process.stop") return std::make_unique<Stop>(request);
  if (request.kind == "process.pause") return std::make_unique<Pause>(request);
  return nullptr;
}

}  // namespace aftershock::sim
