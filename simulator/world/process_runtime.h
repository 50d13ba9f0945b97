// The runtime ports of one simulated process: virtual time, fibers, seeded randomness.
#pragma once

#include "core/ports/runtime.h"
#include "simulator/kernel/kernel.h"

namespace aftershock::sim {

/// When the process is dead, everything here is inert: it neither acts, throws nor suspends.
class ProcessRuntime final : public delta::Clock, public delta::Tasks, public delta::Random {
 public:
  ProcessRuntime(Kernel& kernel, Process& process);

  delta::Runtime ports() { return {*this, *this, *this}; }
  Process& process() { return process_; }
  /// Tasks that have not ended.
  std::size_t running_tasks() const { return running_tasks_; }

  delta::MonoTime now() const override;
  void sleep_until(delta::MonoTime time) override;
  void spawn(std::string_view name, std::function<void()> body) override;
  std::unique_ptr<delta::Monitor> make_monitor() override;
  std::uint64_t next() override;

  /// Virtual time of one of this process's deadlines.
  static SimTime to_sim(delta::MonoTime time);

 private:
  Kernel& kernel_;
  Process& process_;
  delta::Rng rng_;
  std::size_t running_tasks_ = 0;
};

}  // namespace aftershock::sim
