// Delta CI in the simulated world: orchestrator and runner code on simulated nodes.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "harness/cluster.h"
#include "harness/engine/lease_history.h"
#include "harness/engine/work_redone.h"
#include "harness/scenario/scenario.h"
#include "harness/worlds/barrier_watch.h"
#include "harness/worlds/observed_transport.h"
#include "orchestrator/orchestrator.h"
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
  delta::Transport& scraped() override { return scraped_; }
  const std::vector<Injection>& injections() const override { return injections_; }
  Injected inject(std::size_t injection) override;
  std::optional<Injected> inject_at_barrier(std::size_t injection,
                                            delta::MonoTime give_up) override;
  void heal(std::size_t injection) override { faults_.at(injection)->heal(); }
  FaultEffect effect(std::size_t injection) const override;
  StepResult act(const StepSpec& step) override;
  Presence presence(Role role) const override;
  bool is_progressing(const TouchedWork& work) const override;
  std::size_t open_runs(delta::MonoTime submitted_before) const override;
  /// Whoever holds, or held, the attempt's lease is there and still runs its command.
  bool is_worked_on(const delta::Attempt& attempt) const;
  /// Work of jobs that was lost and done again, so far.
  const RedoneReport& work_redone() const { return redone_.report(); }
  const LeaseHistory& leases() const { return leases_; }

 private:
  using Nodes = std::vector<std::unique_ptr<sim::Node>>;
  void add_orchestrators();
  void add_schedulers();
  /// Processes of the role, with endpoints in world_.scrape_list.
  void add_control_plane(Role role, const ProcessGroup& group, delta::Roles roles, Nodes& nodes);
  void add_runners();
  void add_monitoring();
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
  StepResult promote(const sim::PromoteOptions& options);
  StepResult promote_standby(const delta::Parameters& parameters);
  StepResult rebuild_standbys();
  // Services (simulated_services.cpp)
  StepResult restart_all(Role role);
  StepResult stop_all(Role role);
  StepResult start_all(Role role);
  std::string start_server(Role role);
  bool is_up(Role role, const sim::FaultTarget& target) const;

  // Regions (simulated_regions.cpp), named by their index in the scenario
  void add_regions();
  void start_region(std::size_t region);
  std::vector<std::size_t> orchestrators_in(std::size_t region) const;
  std::vector<std::size_t> servers_in(std::size_t region) const;  ///< spares included
  StepResult activate_region(const delta::Parameters& parameters);
  StepResult switch_address(std::size_t region);
  StepResult restore_elsewhere(std::size_t region);

  std::string host_of(delta::RunnerId runner) const;
  void track(const sim::CommitView& commit);
  void track_anew(const sim::Tables& tables);

  const Scenario& scenario_;
  sim::Kernel& kernel_;
  sim::World world_;
  ObservedTransport::Observer on_answer_;
  sim::ProcessRuntime runtime_;  ///< of the harness's own process
  sim::SimTransport plain_transport_;
  ObservedTransport observed_transport_;
  sim::AddressedTransport witness_transport_;
  sim::ArtifactClient witness_artifacts_;
  sim::SimTransport plain_scraped_;
  ObservedTransport observed_scraped_;
  sim::AddressedTransport scraped_;
  std::vector<sim::RegionId> regions_;
  std::vector<Injection> injections_;
  std::vector<std::unique_ptr<sim::Fault>> faults_;  ///< parallel; null until injected
  BarrierWatch barriers_;
  // Kept from commits, so that looking costs nothing.
  std::map<delta::RunId, delta::DbTime> open_runs_;  ///< with their submission
  std::set<delta::AttemptId> live_attempts_;
  WorkRedone redone_;
  LeaseHistory leases_{[this](delta::RunnerId runner) { return host_of(runner); }};
};

}  // namespace aftershock
