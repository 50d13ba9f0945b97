// Delta CI in the simulated world: orchestrator and runner code on simulated nodes.
#pragma once

#include <map>
#include <memory>
#include <set>

#include "harness/cluster.h"
#include "harness/scenario/scenario.h"
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
  std::vector<std::string> targets(std::size_t fault) const override;
  std::vector<TouchedWork> about_to_touch(std::size_t fault) const override;
  void inject(std::size_t fault) override { faults_.at(fault)->inject(); }
  void heal(std::size_t fault) override { faults_.at(fault)->heal(); }
  FaultEffect effect(std::size_t fault) const override;
  bool is_progressing(const TouchedWork& work) const override;
  std::size_t open_runs(delta::MonoTime submitted_before) const override;

 private:
  void add_orchestrators();
  void add_runners();
  void add_faults(std::uint64_t seed);
  std::vector<sim::FaultTarget> resolve(std::size_t fault, std::uint64_t seed) const;
  std::vector<sim::FaultTarget> population(Role role) const;
  void track(const sim::CommitView& commit);

  const Scenario& scenario_;
  sim::Kernel& kernel_;
  sim::World world_;
  ObservedTransport::Observer on_answer_;
  sim::ProcessRuntime runtime_;  ///< of the harness's own process
  sim::SimTransport plain_transport_;
  ObservedTransport witness_transport_;
  sim::ArtifactClient witness_artifacts_;
  std::vector<std::unique_ptr<sim::Fault>> faults_;
  std::vector<std::vector<sim::FaultTarget>> targets_;
  // Kept from commits, so that looking costs nothing.
  std::map<delta::RunId, delta::DbTime> open_runs_;  ///< with their submission
  std::set<delta::AttemptId> live_attempts_;
};

}  // namespace aftershock
