// The data plane: one runner process, over ports. Runners are disposable: a lease, not a runner,
// is the authority to work.
#pragma once

#include <map>
#include <memory>

#include "runner/job_task.h"

namespace delta {

class Runner {
 public:
  /// `slots`: jobs at the same time. `name`: for people, such as its host. `settings` must be
  /// sound: see problems().
  Runner(RunnerPorts ports, const Settings& settings, std::uint32_t slots, std::string name = {});

  /// Spawns the process's tasks. Does not suspend.
  void start();
  /// Graceful stop: takes no more work; what runs goes on to its end.
  void stop();
  /// Names this incarnation in its leases.
  RunnerId id() const { return context_.id; }
  /// After stop(): everything that ran has ended, and nothing more can be granted.
  bool drained() const;

 private:
  void acquire_loop();
  void heartbeat_loop();
  /// Blocks until a slot is free; 0 when stopping.
  std::uint32_t free_slots();
  /// From open() to close() an acquire may be granted something. False: stopping.
  bool open(const AcquireRequest& request);
  /// Begins what the answer grants, unless the other task has done so: withdraw() or the acquire's.
  void close(const AcquireRequest& request, const std::optional<Response>& answer);
  std::optional<Response> acquire(const AcquireRequest& request);
  /// Asks again what an acquire was granted; afterwards it is granted nothing more.
  std::optional<Response> settle(AcquireRequest request);
  /// Ends the open acquire of a runner that stops.
  void withdraw();
  void run_job(const std::shared_ptr<HeldLease>& held, const Grant& grant);
  /// Blocks until a lease is held; false when stopping without one.
  bool wait_for_leases();
  std::vector<std::shared_ptr<HeldLease>> started_leases() const;
  RunnerStatistics statistics() const;
  /// Sends one heartbeat for all; false if nobody answered.
  bool renew(const std::vector<std::shared_ptr<HeldLease>>& leases);
  void apply(const LeaseStatus& status, HeldLease& held, MonoTime sent);

  RunnerContext context_;
  const std::uint32_t slots_;
  const std::string name_;
  std::uint64_t finished_ = 0;
  std::unique_ptr<Monitor> monitor_;
  std::map<AttemptId, std::shared_ptr<HeldLease>> held_;
  std::optional<AcquireRequest> open_acquire_;
};

}  // namespace delta
