// A host with one supervised process: started, killed, paused, and brought back by its policy.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/world/fault_switch.h"
#include "simulator/world/network.h"
#include "simulator/world/process_runtime.h"

namespace aftershock::sim {

enum class RestartWhen : std::uint8_t { always, on_failure, never };
/// A supervisor as systemd and Kubernetes are: a process that keeps ending waits longer and longer.
struct RestartPolicy {
  RestartWhen when = RestartWhen::always;
  delta::Duration delay{};    ///< from the end of the process to its next start
  delta::Duration longest{};  ///< each end doubles the delay up to here; below `delay`: it stays
  delta::Duration reset_after{600'000'000'000};  ///< after running so long the delay is the first
};

/// How a process ended, as its supervisor records it.
enum class EndCause : std::uint8_t {
  stopped,   ///< in order
  killed,    ///< by a signal, or with its host
  oom,       ///< by the kernel, at its memory limit
  panicked,  ///< by itself: an exception that nobody caught
};
inline constexpr std::size_t kEndCauses = 4;

/// The fiber that Node::panic() makes: its exception is no bug of the program.
inline constexpr std::string_view kInjectedPanic = "injected panic";

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

  Node(Kernel& kernel, Network& network, HostId host, std::string name, RestartPolicy policy,
       Start start, Ended ended);

  const std::string& name() const { return name_; }
  HostId host() const { return host_; }

  // None of these is to be called from one of the node's own fibers or events.
  void start();  ///< without power: later
  /// Ends at once, for any cause but `stopped`. The operating system closes its connections.
  void kill(EndCause cause = EndCause::killed);
  /// The host vanishes with its process: nobody is told, and whoever has a connection to it learns
  /// by a timeout. The next start brings the host back.
  void lose_power();
  /// The host has no power, and its process no start, until give_power() was called as often. A
  /// process that ran, or whose start came due, is started then.
  void cut_power();
  void give_power();
  /// As lose_power(), and the host stays off: nothing but start() brings it back.
  void power_off();
  /// SIGTERM, and SIGKILL after `grace`.
  void stop(delta::Duration grace);
  /// The same, and a start at once whatever the policy says; only a start if there is no process.
  void restart(delta::Duration grace);
  /// As stop(), and whatever the policy says nothing but start() brings a process back.
  void shut_down(delta::Duration grace);
  /// A fiber of the process ends by an exception. What ends the process is whoever handles panics.
  void panic();
  /// SIGSTOP. The process that now stands still; null: there is none.
  Process* pause();
  /// SIGCONT, once for each pause() of this process; nothing if it has ended meanwhile.
  void resume(const Process* paused);

  // Lasting faults of the host, which hit every process that runs on it; several may be on at once.
  /// Each process is killed when it has run for `uptime`, as is the present one.
  void begin_crash_loop(delta::Duration uptime);
  void end_crash_loop(delta::Duration uptime);
  /// Each wake-up of a fiber or event takes about so much longer, half to one and a half times.
  void begin_overload(delta::Duration delay);
  void end_overload(delta::Duration delay);

  /// Of the present incarnation; null while there is none.
  Process* process() const { return runtime_ ? &runtime_->process() : nullptr; }
  Program* program() const { return program_.get(); }
  std::uint64_t incarnation() const { return starts_; }
  /// How often one of its processes ended.
  std::uint64_t ends() const;
  std::uint64_t ends(EndCause cause) const { return ends_[static_cast<std::size_t>(cause)]; }
  /// Wake-ups that were late, of all its processes.
  std::uint64_t late_wakeups() const;

 private:
  void end(EndCause cause);
  void start_again();
  delta::Duration next_delay();
  void check_stopped(std::uint64_t incarnation, SimTime deadline);
  void arm_crash();
  void update_wakeups();
  delta::Duration wakeup_delay();

  Kernel& kernel_;
  Network& network_;
  HostId host_;
  std::string name_;
  RestartPolicy policy_;
  Start start_;
  Ended ended_;
  std::unique_ptr<ProcessRuntime> runtime_;
  std::unique_ptr<Program> program_;
  FaultSwitch paused_;     ///< of the present incarnation
  FaultSwitch unpowered_;  ///< the host
  bool starts_with_power_ = false;
  bool restart_at_once_ = false;  ///< when the present incarnation ends
  bool held_ = false;             ///< its supervisor was told to leave it alone
  std::uint64_t starts_ = 0;
  SimTime started_at_{};
  delta::Duration last_delay_{};  ///< before the present start; 0: none, or it ran well
  std::array<std::uint64_t, kEndCauses> ends_{};
  std::uint64_t late_wakeups_ = 0;  ///< of processes that have ended
  std::vector<delta::Duration> crash_loops_;
  delta::Duration overload_{};
  delta::Rng overload_rng_;
};

}  // namespace aftershock::sim
