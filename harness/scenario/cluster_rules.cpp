// What must hold between the parts of a scenario's cluster, and what is done to them.
#include <array>
#include <set>

#include "harness/scenario/rules.h"

namespace aftershock {
namespace {

/// What moves the database to another server needs one.
void check_standbys(const Scenario& scenario, const View& root, Problems& problems) {
  const DatabaseSpec& database = scenario.cluster.database;
  const View view = root["cluster"]["database"];
  if (database.synchronous != Synchronous::kOff && database.confirmations > database.standbys) {
    const View key = view[view["confirmations"].given() ? "confirmations" : "synchronous"];
    problems.add(key.at(),
                 "every commit would wait for ever: " + std::to_string(database.confirmations) +
                     " confirmations are asked of " + std::to_string(database.standbys) +
                     " standbys");
  }
  if (database.standbys > 0) return;
  const std::string none = " needs a standby, and the cluster's database has none";
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
    if (scenario.faults[i].kind != "database.failover") continue;
    problems.add(root["faults"].items()[i]["fault"].at(), scenario.faults[i].kind + none);
  }
  for (std::size_t i = 0; i < scenario.runbook.size(); ++i) {
    const std::string& kind = scenario.runbook[i].kind;
    const bool needs_one = kind == "promote_standby" || (kind == "rebuild_standbys" &&
                                                         database.spares == 0);  // any other server
    if (!needs_one) continue;
    problems.add(root["runbook"].items()[i]["step"].at(), kind + none);
  }
}

void check_queue(const Scenario& scenario, const View& root, Problems& problems) {
  if (scenario.cluster.queue.replicas > 0) return;
  for (std::size_t i = 0; i < scenario.runbook.size(); ++i) {
    const std::string& kind = scenario.runbook[i].kind;
    if (kind != "promote_queue_replica") continue;
    problems.add(root["runbook"].items()[i]["step"].at(),
                 kind + " needs a replica, and the cluster's queue has none");
  }
}

/// Each process and each standby is in one of them.
void check_shares(const ClusterSpec& cluster, const View& view, Problems& problems) {
  struct Share {
    const char* key;
    std::uint32_t RegionSpec::* of_region;
    std::uint32_t all;
  };
  for (const Share& share : std::to_array<Share>({
           {"orchestrators", &RegionSpec::orchestrators, cluster.orchestrators.count},
           {"runners", &RegionSpec::runners, cluster.runners.count},
           {"standbys", &RegionSpec::standbys, cluster.database.standbys},
           {"spares", &RegionSpec::spares, cluster.database.spares},
       })) {
    std::uint64_t sum = 0;
    for (const RegionSpec& region : cluster.regions) sum += region.*share.of_region;
    if (sum == share.all) continue;
    problems.add(view.named_at(), "the regions have " + std::to_string(sum) + " " + share.key +
                                      ", the cluster " + std::to_string(share.all));
  }
}

void check_regions(const Scenario& scenario, const View& view, Problems& problems) {
  const ClusterSpec& cluster = scenario.cluster;
  check_range(cluster.network.border.latency, view["network"]["between_regions"]["latency"],
              problems);
  const View list = view["regions"];
  if (!list.given() || !view.is_sound(problems)) return;
  const std::vector<View> items = list.items();
  std::set<std::string> seen;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!seen.insert(cluster.regions[i].name).second) {
      problems.add(items[i]["name"].at(),
                   "another region has the name " + quote(cluster.regions[i].name));
    }
  }
  const RegionSpec& first = cluster.regions.front();
  if (!first.active || first.orchestrators == 0) {
    problems.add(
        items.front().at(),
        "the first region must be active and have an orchestrator: the drill begins there");
  }
  if (cluster.schedulers || cluster.monitoring) {
    problems.add(list.named_at(), "'schedulers' and 'monitoring' cannot be in regions");
  }
  check_shares(cluster, list, problems);
}

/// The region has what a step needs of it.
void check_steps(const Scenario& scenario, const View& runbook, Problems& problems) {
  for (std::size_t i = 0; i < scenario.runbook.size(); ++i) {
    const StepSpec& step = scenario.runbook[i];
    if (!step.parameters.has("region")) continue;
    const RegionSpec& region = scenario.cluster.regions[step.parameters.count("region")];
    const auto need = [&](std::string_view kind, std::uint32_t count, const char* what) {
      if (step.kind != kind || count > 0) return;
      problems.add(runbook.items()[i]["step"].at(),
                   "the region " + quote(region.name) + " has no " + what);
    };
    need("switch_address", region.orchestrators, "orchestrators");
    need("restore_elsewhere", region.spares, "spare for the database");
  }
}

}  // namespace

void check_cluster(const Scenario& scenario, const View& root, Problems& problems) {
  const View view = root["cluster"];
  check_range(scenario.cluster.network.anywhere.latency, view["network"]["latency"], problems);
  check_standbys(scenario, root, problems);
  check_queue(scenario, root, problems);
  check_regions(scenario, view, problems);
  check_steps(scenario, root["runbook"], problems);
}

}  // namespace aftershock
