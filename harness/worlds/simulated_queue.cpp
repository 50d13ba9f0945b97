// What operators do to the simulated queue: procedures that take their time.
#include "harness/worlds/simulated_cluster.h"

namespace aftershock {

namespace {

std::string describe(const sim::QueueLoss& loss) {
  return std::to_string(loss.lost) + " entries lost, " + std::to_string(loss.returned) +
         " there again that had been acknowledged";
}

}  // namespace

StepResult SimulatedCluster::restore_queue() {
  const auto outcome = await<sim::QueueServer::Restored>(
      [this](auto done) { world_.queue.primary().restore(std::move(done)); });
  if (!outcome) return {false, outcome.error()};
  return {true, "restored the backup of " +
                    delta::format_seconds(outcome->taken_at.time_since_epoch()) + ": " +
                    std::to_string(outcome->entries) + " entries; " + describe(outcome->loss) +
                    "; the data that was there, " + std::to_string(outcome->aside) +
                    " entries, is kept aside"};
}

StepResult SimulatedCluster::promote_queue_replica() {
  const auto outcome = await<sim::QueueCluster::Outcome>(
      [this](auto done) { world_.queue.promote(std::move(done)); });
  if (!outcome) return {false, outcome.error()};
  return {true, world_.network.name(world_.queue.host(outcome->server)) + " promoted; " +
                    describe(outcome->loss)};
}

}  // namespace aftershock
