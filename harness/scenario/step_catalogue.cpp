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

Field service(std::string which) { return choice("role", "Whose processes: " + which, kRoleNames); }

/// Requests of an operator over the API, and the end of a fault.
std::vector<StepInfo> requests() {
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
  };
}

/// Work on processes.
std::vector<StepInfo> service_steps() {
  return {
      {"restart", "Restarts every process of a role, one after another.",
       parameters({service("orchestrator, scheduler, runner or monitoring.")})},
      {"stop_services",
       "Every process of a role is stopped in order, and stays down whatever its restart policy "
       "says.",
       parameters({service("orchestrator, scheduler, runner or monitoring.")})},
      {"start_services",
       "Everything of a role that is down is started: processes, or the host of the database or "
       "queue; then it is waited for until all of it is ready.",
       parameters({service("Any but artifacts, secrets and standby."),
                   duration("wait", "For it to be ready, at most.", 1s, 1h, "120s")})},
      {"run_test_task",
       "A schedule of one fire is created through the API, and its run is looked at later.",
       parameters({duration("ahead", "From now to its fire.", 1s, 24h, "30s"),
                   duration("look_after", "From now to the look.", 1s, 24h, "45s")})},
  };
}

/// Work on the database's and the queue's servers.
std::vector<StepInfo> server_steps() {
  return {
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

std::vector<StepInfo> region_steps() {
  return {
      {"restore_elsewhere",
       "Restores the database on a region's spare from the newest good backup and what was "
       "archived of the log, and raises the generation; the old primary's host is switched off "
       "first.",
       parameters({name("region", "The region's name.")})},
      {"activate_region",
       "Makes a region one that works: a standby there becomes the primary as by promote_standby, "
       "unless the primary is there, and its processes are started where none run.",
       parameters({name("region", "Its name."),
                   flag("fence",
                        "The old primary's host is switched off first, by a way of its own that no "
                        "partition cuts.",
                        true)})},
      {"switch_address",
       "The API's address is a region's orchestrators from now on; done when no host believes the "
       "old one any more.",
       parameters({name("region", "Its name.")})},
  };
}

std::vector<StepInfo> make_catalogue() {
  std::vector<StepInfo> all;
  for (const auto family : {requests, service_steps, server_steps, region_steps}) {
    for (StepInfo& info : family()) all.push_back(std::move(info));
  }
  return all;
}

}  // namespace

std::span<const StepInfo> step_catalogue() {
  static const std::vector<StepInfo> catalogue = make_catalogue();
  return catalogue;
}

}  // namespace aftershock
