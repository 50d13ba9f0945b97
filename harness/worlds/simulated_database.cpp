// What operators do to the simulated database: procedures that take their time.
#include "harness/worlds/simulated_cluster.h"

namespace aftershock {

StepResult SimulatedCluster::promote_standby(const delta::Parameters& parameters) {
  if (world_.database.size() == 1) return {false, "the database has no standbys"};
  const sim::PromoteOptions options{.fence = parameters.flag("fence")};
  const auto outcome = await<sim::DatabaseCluster::Outcome>(
      [&](auto done) { world_.database.promote(options, std::move(done)); });
  if (!outcome) return {false, outcome.error()};
  const std::string generation =
      outcome->raised ? ", the generation raised" : ", which has all that was acknowledged";
  return {true, world_.network.name(world_.database.primary().host()) + " promoted, timeline " +
                    std::to_string(outcome->timeline) + generation + ", " +
                    std::to_string(outcome->point.commits_lost) + " commits lost"};
}

StepResult SimulatedCluster::rebuild_standbys() {
  if (world_.database.size() == 1) return {false, "the database has no standbys"};
  const auto copies =
      await<std::size_t>([this](auto done) { world_.database.rebuild(std::move(done)); });
  return {true, std::to_string(copies) + " servers follow the primary again"};
}

StepResult SimulatedCluster::restore_database(delta::Duration back) {
  sim::RestoreOptions options;
  if (back > delta::Duration(0)) options.until = world_.database.now() - back;
  const std::uint64_t damaged = world_.database.primary().counters().damaged_backups;
  const auto point = await<std::optional<sim::RecoveryPoint>>(
      [&](auto done) { world_.database.primary().restore(options, std::move(done)); });
  if (!point) return {false, "there is no good base backup, or another restore was under way"};
  return {true, "restored as of " + delta::format_seconds(point->time.time_since_epoch()) + ", " +
                    std::to_string(point->commits_lost) + " commits lost; " +
                    std::to_string(world_.database.primary().counters().damaged_backups - damaged) +
                    " damaged backups passed over"};
}

}  // namespace aftershock
