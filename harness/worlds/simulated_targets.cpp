// Whom a fault of the simulated cluster hits, and who is at the other end.
#include <algorithm>

#include "harness/targets.h"
#include "harness/worlds/programs.h"
#include "harness/worlds/simulated_cluster.h"

namespace aftershock {

namespace {

sim::FaultTarget target_of(sim::Node& node) { return {node.name(), node.host(), &node}; }

}  // namespace

std::vector<sim::FaultTarget> SimulatedCluster::population(Role role) const {
  std::vector<sim::FaultTarget> all;
  const auto add_nodes = [&all](const std::vector<std::unique_ptr<sim::Node>>& nodes) {
    for (const auto& node : nodes) all.push_back(target_of(*node));
  };
  // A machine keeps its name, whoever is the primary.
  const auto add_servers = [this, &all](auto& cluster, std::size_t first, std::size_t end) {
    for (std::size_t i = first; i < end; ++i) {
      all.push_back({world_.network.name(cluster.host(i)), cluster.host(i)});
    }
  };
  switch (role) {
    case Role::kOrchestrator: add_nodes(world_.orchestrators); break;
    case Role::kScheduler: add_nodes(world_.schedulers); break;
    case Role::kRunner: add_nodes(world_.runners); break;
    case Role::kMonitoring:
      if (world_.monitoring) all.push_back(target_of(*world_.monitoring));
      break;
    case Role::kDatabase: add_servers(world_.database, 0, 1); break;
    case Role::kStandby:
      add_servers(world_.database, 1, 1 + scenario_.cluster.database.standbys);
      break;
    case Role::kQueue: add_servers(world_.queue, 0, 1); break;
    case Role::kQueueReplica: add_servers(world_.queue, 1, world_.queue.size()); break;
    case Role::kArtifacts: all.push_back({target_name(role, 0), world_.artifacts.host()}); break;
    case Role::kSecrets: all.push_back({target_name(role, 0), world_.secrets.host()}); break;
    case Role::kRegion:
      for (const sim::RegionId region : regions_) {
        all.push_back({.name = world_.network.name(region), .region = region});
      }
      break;
  }
  return all;
}

std::vector<sim::FaultTarget> SimulatedCluster::planned_targets(const Injection& injection) const {
  const std::vector<sim::FaultTarget> all =
      population(scenario_.faults[injection.fault].target.role);
  std::vector<sim::FaultTarget> chosen;
  for (const std::uint32_t index : injection.targets) chosen.push_back(all.at(index));
  return chosen;
}

/// Who is at the other end, where the kind of fault asks for it.
std::vector<sim::FaultTarget> SimulatedCluster::peers(
    const FaultSpec& spec, const std::vector<sim::FaultTarget>& targets) const {
  if (!spec.parameters.has("to")) return {};
  std::vector<sim::FaultTarget> found;
  if (spec.parameters.count("to") != kPeersRest) {
    found = population(spec.parameters.choice<Role>("to"));
  } else {
    for (std::size_t role = 0; role < kPeersRest; ++role) {
      for (sim::FaultTarget& each : population(static_cast<Role>(role))) {
        const auto is_it = [&each](const sim::FaultTarget& target) {
          return target.host == each.host;
        };
        if (std::ranges::none_of(targets, is_it)) found.push_back(std::move(each));
      }
    }
  }
  const std::size_t first = spec.parameters.count("first");
  if (first > 0 && first < found.size())
    found.erase(found.begin() + static_cast<std::ptrdiff_t>(first), found.end());
  return found;
}

/// The target that takes part in the moment; empty if its process has ended or has no part in it.
std::vector<sim::FaultTarget> SimulatedCluster::targets_at(const FaultSpec& spec,
                                                           const AtBarrier& who) const {
  std::vector<sim::FaultTarget> found;
  for (sim::FaultTarget& target : population(spec.target.role)) {
    if (target.node->process() == nullptr) continue;
    const bool is_runner = spec.target.role == Role::kRunner;
    const bool takes_part =
        is_runner ? dynamic_cast<const RunnerProgram&>(*target.node->program()).id() == who.runner
                  : target.node->process()->id() == who.orchestrator;
    if (takes_part) found.push_back(std::move(target));
  }
  return found;
}

}  // namespace aftershock
