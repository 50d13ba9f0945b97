// Every step that a scenario's runbook may name.
#include "harness/scenario/step_catalogue.h"

#include <array>

#include "harness/scenario/fields.h"

namespace aftershock {
namespace {

using namespace fields;
using namespace std::chrono_literals;

Field parameters(std::vector<Field> all = {}) {
  bool required = false;
  for (const Field& field : all) required = required || field.required;
  Field map = fields::map("parameters", "Depends on the step.", std::move(all));
  map.required = required;
  return map;
}

std::vector<StepInfo> make_catalogue() {
  static constexpr std::array<std::string_view, 2> programs{kRoleNames[0], kRoleNames[1]};
  return {
      {"lift_fault", "Repairs what a fault broke, before its duration is over.",
       parameters({name("fault", "The id of a fault with a duration.")})},
      {"pause_ingestion", "New runs are turned away until further notice.", parameters()},
      {"resume_ingestion", "New runs are taken again.", parameters()},
      {"set_lease_ttl", "Leases live longer, or shorter, for a while.",
       parameters({duration("ttl", "A lease's life after each renewal.", 1s, 1h),
                   duration("for", "Then the settings' lease_ttl holds again.", 1s, 24h)})},
      {"limit_concurrency", "At most so many leases side by side.",
       parameters({count("most", "How many; 0 lifts the limit.", 0, 1'000'000)})},
      {"limit_submissions", "Each orchestrator takes at most so many new runs.",
       parameters({count("per_minute", "How many; 0 lifts the limit.", 0, 1'000'000)})},
      {"reenqueue", "What is queued in the database is sent to the queue again.", parameters()},
      {"revoke_leases", "Every lease is taken away; its job is tried again.", parameters()},
      {"begin_generation", "No lease from before is good any more: after a restore.", parameters()},
      {"restart", "Restarts every process of a role, one after another.",
       parameters({choice("role", "Whose processes.", programs)})},
      {"restore_database",
       "Restores the database from its newest good base backup and the log after it, and raises "
       "the generation.",
       parameters({duration("back", "Nothing younger than this is replayed; 0s: everything is.", 0s,
                            24h, "0s")})},
      {"restore_queue",
       "Stops the queue, keeps its data aside, and starts it with its newest backup.",
       parameters()},
      {"promote_queue_replica",
       "Makes a primary of the queue's replica that has received most, and moves its address "
       "there. The old primary becomes a replica as soon as it is reached, or starts.",
       parameters()},
      {"reindex_database", "Builds the database's indexes anew.", parameters()},
      {"promote_standby",
       "Makes a primary of the standby that has received most, and moves the database's address "
       "there. Unless it is known to have all that was acknowledged, the generation is raised.",
       parameters({flag("fence",
                        "The old primary's host is switched off first; without, it serves whoever "
                        "still finds it.",
                        true)})},
      {"rebuild_standbys",
       "Every database server that does not follow the primary begins anew as a copy of it.",
       parameters()},
  };
}

}  // namespace

std::span<const StepInfo> step_catalogue() {
  static const std::vector<StepInfo> catalogue = make_catalogue();
  return catalogue;
}

}  // namespace aftershock
