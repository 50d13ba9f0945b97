// Delta CI in the simulated world: orchestrator and runner code on simulated nodes.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "harness/cluster.h"
#include "harness/engine/work_redone.h"
#include "harness/scenario/scenario.h"
#include "harness/worlds/barrier_watch.h"
#include "harness/worlds/observed_transport.h"
#include "simulator/faults/fault.h"
#include "simulator/world/world.h"

namespace aftershock {

class SimulatedCluster final : public Cluster {
 public:
  /// Everything that outlives one call is owned by the caller: kernel, scenario.
  SimulatedCluster(sim::Kernel& kernel, const Scenario& scenario, std::uint64_t seed,
                   ObservedTransport::Observer on_answer);

  /// Starts every process. From any place in the kernel.
  void start();
  sim::World& world() { return world_; }

  delta::Runtime runtime() override { return runtime_.ports(); }
  delta::Transport& transport() override { return witness_transport_; }
  delta::ArtifactStore& artifacts() override { return witness_artifacts_; }
  const std::vector<Injection>& injections() const override { return injections_; }
  Injected inject(std::size_t injection) override;
  std::optional<Injected> inject_at_barrier(std::size_t injection,
                                            delta::MonoTime give_up) override;
  void heal(std::size_t injection) override { faults_.at(injection)->heal(); }
  FaultEffect effect(std::size_t injection) const override;
  StepResult act(const StepSpec& step) override;
  bool is_progressing(const TouchedWork& work) const override;
  std::size_t open_runs(delta::MonoTime submitted_before) const override;
  /// Whoever holds, or held, the attempt's lease is there and still runs its command.
  bool is_worked_on(const delta::Attempt& attempt) const;
  /// Work of jobs that was lost and done again, so far.
  const RedoneReport& work_redone() const { return redone_.report(); }

 private:
  void add_orchestrators();
  void add_runners();
  /// The values of the secrets that the workload names.
  void add_secrets();
  std::vector<sim::FaultTarget> population(Role role) const;
  std::vector<sim::FaultTarget> peers(const FaultSpec& spec,
                                      const std::vector<sim::FaultTarget>& targets) const;
  std::vector<sim::FaultTarget> planned_targets(const Injection& injection) const;
  std::vector<sim::FaultTarget> targets_at(const FaultSpec& spec, const AtBarrier& who) const;
  Injected inject_into(std::size_t injection, std::vector<sim::FaultTarget> targets);
  std::vector<TouchedWork> live_work_of(Role role,
                                        const std::vector<sim::FaultTarget>& targets) const;
  /// Starts a procedure of the world and suspends until it tells its outcome.
  template <class Outcome>
  Outcome await(const std::function<void(sim::Done<Outcome>)>& start) {
    sim::WaitQueue ended;
    std::optional<Outcome> outcome;
    start([&](Outcome reached) {
      outcome.emplace(std::move(reached));
      ended.notify_all();
    });
    while (!outcome) kernel_.wait(ended, sim::kForever);
    return std::move(*outcome);
  }
  StepResult restore_queue();
  StepResult promote_queue_replica();
  StepResult restore_database(delta::Duration back);
  StepResult promote_standby(const delta::Parameters& parameters);
  StepResult rebuild_standbys();
  StepResult restart_all(Role role);
  void track(const sim::CommitView& commit);
  void track_anew(const sim::Tables& tables);

  const Scenario& scenario_;
  sim::Kernel& kernel_;
  sim::World world_;
  ObservedTransport::Observer on_answer_;
  sim::ProcessRuntime runtime_;  ///< of the harness's own process
  sim::SimTransport plain_transport_;
  ObservedTransport witness_transport_;
  sim::ArtifactClient witness_artifacts_;
  std::vector<Injection> injections_;
  std::vector<std::unique_ptr<sim::Fault>> faults_;  ///< parallel; null until injected
  BarrierWatch barriers_;
  // Kept from commits, so that looking costs nothing.
  std::map<delta::RunId, delta::DbTime> open_runs_;  ///< with their submission
  std::set<delta::AttemptId> live_attempts_;
  WorkRedone redone_;
};

}  // namespace aftershock
