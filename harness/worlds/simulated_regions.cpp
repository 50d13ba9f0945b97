// The regions of the simulated world: who is where, and what operators do to one.
#include <algorithm>
#include <numeric>

#include "harness/worlds/simulated_cluster.h"

namespace aftershock {

/// Without any, the API is all orchestrators, and whoever answers for its metrics is watched.
void SimulatedCluster::add_regions() {
  const std::vector<RegionSpec>& specs = scenario_.cluster.regions;
  const LinkSpec& border = scenario_.cluster.network.border;
  world_.network.set_border({border.latency.min, border.latency.max, border.loss_ppm});
  std::size_t orchestrators = 0;
  std::size_t runners = 0;
  std::size_t standbys = 0;
  std::size_t spares = scenario_.cluster.database.standbys;
  const auto put = [this](sim::HostId host) { world_.network.put_in(regions_.back(), host); };
  for (const RegionSpec& spec : specs) {
    regions_.push_back(world_.network.add_region(spec.name));
    for (std::uint32_t i = 0; i < spec.orchestrators; ++i) {
      put(world_.orchestrators[orchestrators++]->host());
    }
    for (std::uint32_t i = 0; i < spec.runners; ++i) put(world_.runners[runners++]->host());
    if (regions_.size() == 1) put(world_.database.host(0));
    for (std::uint32_t i = 0; i < spec.standbys; ++i) put(world_.database.host(++standbys));
    for (std::uint32_t i = 0; i < spec.spares; ++i) put(world_.database.host(++spares));
  }
  const auto all_of = [](std::size_t count) {
    std::vector<std::size_t> all(count);
    std::iota(all.begin(), all.end(), std::size_t{0});
    return all;
  };
  if (specs.empty()) {
    world_.api.move(all_of(world_.endpoint_list.size()));
    return world_.monitored.move(all_of(world_.scrape_list.size()));
  }
  std::vector<std::size_t> active;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    if (specs[i].active) std::ranges::copy(orchestrators_in(i), std::back_inserter(active));
  }
  world_.api.move(active);
  world_.monitored.move(std::move(active));
}

std::vector<std::size_t> SimulatedCluster::orchestrators_in(std::size_t region) const {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < world_.orchestrators.size(); ++i) {
    const sim::HostId host = world_.orchestrators[i]->host();
    if (world_.network.region(host) == regions_[region]) found.push_back(i);
  }
  return found;
}

std::vector<std::size_t> SimulatedCluster::servers_in(std::size_t region) const {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < world_.database.size(); ++i) {
    if (world_.network.region(world_.database.host(i)) == regions_[region]) found.push_back(i);
  }
  return found;
}

/// Whoever watches the orchestrators is told of those that have to answer from now on.
void SimulatedCluster::start_region(std::size_t region) {
  world_.each_node([this, region](sim::Node& node) {
    const bool is_here = world_.network.region(node.host()) == regions_[region];
    if (is_here && node.process() == nullptr) node.start();
  });
  std::vector<std::size_t> monitored = world_.monitored.value();
  for (const std::size_t each : orchestrators_in(region)) {
    if (std::ranges::find(monitored, each) == monitored.end()) monitored.push_back(each);
  }
  world_.monitored.move(std::move(monitored));
}

StepResult SimulatedCluster::activate_region(const delta::Parameters& parameters) {
  const std::size_t region = parameters.count("region");
  const std::vector<std::size_t> servers = servers_in(region);
  const std::string& name = world_.network.name(regions_[region]);
  StepResult result{true, "the database's primary is there"};
  const bool has_primary =
      std::ranges::find(servers, world_.database.primary_index()) != servers.end();
  if (!has_primary && scenario_.cluster.regions[region].standbys == 0) {
    result.detail = "it has no standby of the database";
  } else if (!has_primary) {
    const auto candidate = world_.database.most_advanced(servers);
    if (!candidate) return {false, "no standby in " + name + " can be promoted"};
    result = promote({.standby = candidate, .fence = parameters.flag("fence")});
  }
  if (!result.done) return result;
  start_region(region);
  result.detail = name + " is active: " + result.detail;
  return result;
}

StepResult SimulatedCluster::restore_elsewhere(std::size_t region) {
  for (const std::size_t server : servers_in(region)) {
    if (!world_.database.is_spare(server)) continue;
    const auto outcome = await<sim::DatabaseCluster::Outcome>(
        [&](auto done) { world_.database.restore_on(server, std::move(done)); });
    if (!outcome) return {false, outcome.error()};
    return {true, "restored on " + world_.network.name(world_.database.host(server)) + " as of " +
                      delta::format_seconds(outcome->point.time.time_since_epoch()) + ", " +
                      std::to_string(outcome->point.commits_lost) + " commits lost"};
  }
  return {false, "no spare is there"};
}

StepResult SimulatedCluster::switch_address(std::size_t region) {
  world_.api.move(orchestrators_in(region));
  const sim::SimTime moved = kernel_.now();
  kernel_.sleep_until(std::max(moved, world_.api.stale_until()));
  return {true, "the API is found in " + world_.network.name(regions_[region]) +
                    "; the last host believed the old address for " +
                    delta::format_seconds(kernel_.now() - moved)};
}

}  // namespace aftershock
