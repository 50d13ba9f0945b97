// What operators do to the simulated cluster's services: stop, start and restart them.
#include <algorithm>

#include "harness/worlds/simulated_cluster.h"

namespace aftershock {

namespace {

constexpr delta::Duration kGrace{30'000'000'000};
constexpr delta::Duration kPoll{100'000'000};

std::string of(std::size_t count, std::size_t all) {
  return std::to_string(count) + " of " + std::to_string(all) + " processes ";
}

}  // namespace

/// One after another: the next only when the one before is up again. What is down is started.
StepResult SimulatedCluster::restart_all(Role role) {
  std::size_t restarted = 0;
  const std::vector<sim::FaultTarget> all = population(role);
  for (const sim::FaultTarget& target : all) {
    sim::Node& node = *target.node;
    const std::uint64_t before = node.incarnation();
    node.stop(kGrace);
    const sim::SimTime give_up = kernel_.now() + 2 * kGrace;
    while (node.process() != nullptr && node.incarnation() == before && kernel_.now() < give_up) {
      kernel_.sleep_until(kernel_.now() + kPoll);
    }
    if (node.process() == nullptr) node.start();
    if (node.incarnation() != before) ++restarted;
  }
  return {restarted == all.size(), std::to_string(restarted) + " of " + std::to_string(all.size()) +
                                       " processes came up again"};
}

/// All at once.
StepResult SimulatedCluster::stop_all(Role role) {
  const std::vector<sim::FaultTarget> all = population(role);
  for (const sim::FaultTarget& target : all) target.node->shut_down(kGrace);
  const sim::SimTime give_up = kernel_.now() + 2 * kGrace;
  while (presence(role).up > 0 && kernel_.now() < give_up) {
    kernel_.sleep_until(kernel_.now() + kPoll);
  }
  const std::size_t stopped = all.size() - presence(role).up;
  return {stopped == all.size(), of(stopped, all.size()) + "are stopped"};
}

/// What is up stays as it is.
StepResult SimulatedCluster::start_all(Role role) {
  std::size_t started = 0;
  const std::vector<sim::FaultTarget> all = population(role);
  for (const sim::FaultTarget& target : all) {
    if (target.node == nullptr) return {true, start_server(role)};
    if (target.node->process() != nullptr) continue;
    target.node->start();
    ++started;
  }
  return {true, of(started, all.size()) + "started"};
}

std::string SimulatedCluster::start_server(Role role) {
  const bool was_up = presence(role).complete();
  if (role == Role::kDatabase) {
    world_.database.power_on(world_.database.primary_index());
  } else {
    world_.network.set_down(world_.queue.primary().host(), false);
    world_.queue.primary().power_on();
  }
  return was_up ? "it was up" : "its host is switched on";
}

Presence SimulatedCluster::presence(Role role) const {
  if (role == Role::kMonitoring && !world_.monitoring) return {1, 1};
  Presence found;
  for (const sim::FaultTarget& target : population(role)) {
    ++found.all;
    if (is_up(role, target)) ++found.up;
  }
  return found;
}

bool SimulatedCluster::is_up(Role role, const sim::FaultTarget& target) const {
  if (target.node != nullptr) {
    const sim::Process* process = target.node->process();
    return process != nullptr && !process->paused();
  }
  if (role == Role::kDatabase) return world_.database.primary().accepting();
  return role != Role::kQueue || world_.queue.primary().running();
}

}  // namespace aftershock
