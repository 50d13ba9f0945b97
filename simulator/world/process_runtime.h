// The runtime ports of one simulated process: its host's clock, fibers, seeded randomness.
#pragma once

#include "core/ports/runtime.h"
#include "simulator/kernel/kernel.h"
#include "simulator/world/host_clock.h"

namespace aftershock::sim {

/// When the process is dead, everything here is inert: it neither acts, throws nor suspends.
class ProcessRuntime final : public delta::Clock, public delta::Tasks, public delta::Random {
 public:
  /// `clock` is the host's: it outlives the process.
  ProcessRuntime(Kernel& kernel, Process& process, HostClock& clock);

  delta::Runtime ports() { return {*this, *this, *this}; }
  Process& process() { return process_; }
  HostClock& clock() { return clock_; }
  /// Tasks that have not ended.
  std::size_t running_tasks() const { return running_tasks_; }

  delta::MonoTime now() const override;
  void sleep_until(delta::MonoTime time) override;
  void spawn(std::string_view name, std::function<void()> body) override;
  std::unique_ptr<delta::Monitor> make_monitor() override;
  std::uint64_t next() override;

 private:
  Kernel& kernel_;
  Process& process_;
  HostClock& clock_;
  ClockQueue sleepers_;
  delta::Rng rng_;
  std::size_t running_tasks_ = 0;
};

}  // namespace aftershock::sim
