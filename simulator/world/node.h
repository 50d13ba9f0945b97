// A host with one supervised process: started, killed, paused, and brought back by its policy.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "simulator/world/fault_switch.h"
#include "simulator/world/network.h"
#include "simulator/world/process_runtime.h"

namespace aftershock::sim {

enum class RestartWhen : std::uint8_t { always, on_failure, never };
struct RestartPolicy {
  RestartWhen when = RestartWhen::always;
  delta::Duration delay{};  ///< from the end of the process to its next start
};

/// What runs in a process. Destroyed after the process's fibers are gone; its destructor must
/// only free memory.
class Program {
 public:
  virtual ~Program() = default;
  /// SIGTERM: begin to end gracefully.
  virtual void stop() = 0;
  /// After stop(): nothing is left to do.
  virtual bool stopped() const = 0;
};

class Node {
 public:
  /// Makes the program of a new incarnation and starts its tasks.
  using Start = std::function<std::unique_ptr<Program>(ProcessRuntime&)>;
  /// Called when an incarnation has ended, however it did.
  using Ended = std::function<void()>;

  Node(Kernel& kernel, HostId host, std::string name, RestartPolicy policy, Start start,
       Ended ended);

  const std::string& name() const { return name_; }
  HostId host() const { return host_; }

  void start();
  /// SIGKILL. Not from one of its own fibers or events.
  void kill();
  /// SIGTERM, and SIGKILL after `grace`.
  void stop(delta::Duration grace);
  /// SIGSTOP. The process that now stands still; null: there is none.
  Process* pause();
  /// SIGCONT, once for each pause() of this process; nothing if it has ended meanwhile.
  void resume(const Process* paused);

  /// Of the present incarnation; null while there is none.
  Process* process() const { return runtime_ ? &runtime_->process() : nullptr; }
  Program* program() const { return program_.get(); }
  std::uint64_t incarnation() const { return starts_; }
  /// How often one of its processes ended.
  std::uint64_t ends() const { return ends_; }

 private:
  void end(bool clean);
  void check_stopped(std::uint64_t incarnation, SimTime deadline);

  Kernel& kernel_;
  HostId host_;
  std::string name_;
  RestartPolicy policy_;
  Start start_;
  Ended ended_;
  std::unique_ptr<ProcessRuntime> runtime_;
  std::unique_ptr<Program> program_;
  FaultSwitch paused_;  ///< of the present incarnation
  std::uint64_t starts_ = 0;
  std::uint64_t ends_ = 0;
};

}  // namespace aftershock::sim
