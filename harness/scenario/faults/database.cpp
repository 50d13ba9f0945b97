// database.*, lease.*
#include <array>

#include "harness/scenario/faults/families.h"

namespace aftershock {

using namespace std::chrono_literals;

namespace {

constexpr std::array kCrashKinds = std::to_array<std::string_view>({"process", "power"});
constexpr std::array kHeldRows = std::to_array<std::string_view>({"attempts", "control"});
constexpr std::array kDamages = std::to_array<std::string_view>({"rows", "wal", "all", "indexes"});
constexpr std::array kEditedRows =
    std::to_array<std::string_view>({"attempt_state", "run_state", "job_state"});

/// What the server itself does.
std::vector<FaultInfo> server_faults() {
  const std::vector<Role> database{Role::kDatabase};
  const Field none = fault_parameters();
  return {
      {"database.crash",
       "The database ends without a shutdown, is down for the downtime, and replays its log.",
       database, false,
       fault_parameters(
           {time_parameter("downtime", "From the crash to the database's start.", 1ms),
            choice_parameter("kind",
                             "What ends: 'power', the whole host with what its disk has not "
                             "written; or the 'process' alone.",
                             kCrashKinds, "power")}),
       "downtime"},
      {"database.outage", "The database refuses every connection and drops those that are open.",
       database, true, none},
      {"database.drop_connections",
       "Every open connection is cut once; new ones are accepted at once.", database, false, none},
      {"database.in_doubt_commit",
       "The seed decides of each commit whether it happens; either way its connection is cut "
       "instead of an answer.",
       database, true, none},
      {"database.slow", "Every statement takes longer.", database, true,
       fault_parameters(
           {time_parameter("latency", "Added to each statement.", 1us),
            time_parameter("jitter", "Each statement takes up to this much more.", 0ns, "0s")})},
      {"database.exhaust_connections",
       "Others hold connections; too many clients are refused a new one.", database, true,
       fault_parameters(
           {count_parameter("count", "Connections that others hold, of 100.", 1, 100, "100"),
            flag_parameter("cut", "Present connections are cut first, so that others come first.",
                           true)})},
      {"database.read_only", "Every statement that writes or locks is refused.", database, true,
       none},
  };
}

/// What becomes of the primary and its standbys.
std::vector<FaultInfo> replication_faults() {
  static constexpr std::array stages = std::to_array<std::string_view>({"shipping", "replay"});
  return {
      {"database.failover",
       "The most advanced standby becomes the primary. Unplanned, the primary's host is gone for "
       "good, and what the standby had not received is lost with it.",
       {Role::kDatabase},
       false,
       fault_parameters(
           {flag_parameter("planned", "The primary stops in order, and follows the new one.",
                           false),
            time_parameter("takeover", "Unplanned: until the promotion begins.", 0ns, "30s")}),
       {},
       true,
       "planned"},
      {"database.promote",
       "A standby is made the primary although the present one works: somebody, or something, "
       "took it for dead.",
       {Role::kStandby},
       false,
       fault_parameters({flag_parameter(
           "fence", "The old primary is switched off first; without, there are two.", true)}),
       {},
       true},
      {"database.replication_lag",
       "What is written reaches standbys late.",
       {Role::kStandby},
       true,
       fault_parameters(
           {time_parameter("delay", "How much later.", 1ms),
            choice_parameter("stage",
                             "What is late: 'shipping', so that a failover loses it; or the "
                             "'replay' of what was received.",
                             stages, "shipping")})},
  };
}

/// What people do to it, by mistake or to save it.
std::vector<FaultInfo> operator_faults() {
  const std::vector<Role> database{Role::kDatabase};
  return {
      {"database.lock_hold", "Somebody's transaction holds locks on live rows.", database, true,
       fault_parameters(
           {choice_parameter("rows", "Which rows: live attempts, or the shared control row.",
                             kHeldRows, "attempts"),
            count_parameter("count", "Most rows that are locked; 0 is all.", 0, 1'000'000, "0")})},
      {"database.corrupt",
       "Checksums no longer match what the disk holds; after the duration the operator begins a "
       "restore from the newest good base backup and the log.",
       database,
       true,
       fault_parameters(
           {choice_parameter("what",
                             "What is damaged: 'rows', pages of live attempts, whose statements "
                             "fail; 'wal', the log, without which the server cannot start; 'all' "
                             "files; or the 'indexes' by which due and queued attempts are found.",
                             kDamages),
            flag_parameter("newest_backup_too", "The newest base backup is damaged as well.",
                           false)}),
       {},
       true},
      {"database.restore",
       "The operator restores the database as it was some time ago: what came later is lost.",
       database,
       false,
       fault_parameters({time_parameter("back", "How far back.", 0ns, "0s")}),
       {},
       true},
      {"database.edit_row",
       "Somebody changes the state of a decided row by hand, without an audit event.",
       database,
       false,
       fault_parameters({choice_parameter("what", "The column.", kEditedRows)}),
       {},
       true},
      {"lease.ttl_shrink", "An UPDATE from outside shortens all live leases.", database, false,
       fault_parameters({time_parameter("ttl", "What is left of each, at most.", 0ns)})},
      {"lease.expire_all", "An UPDATE from outside ends all live leases at once.", database, false,
       fault_parameters()},
  };
}

}  // namespace

std::vector<FaultInfo> database_faults() {
  std::vector<FaultInfo> all = server_faults();
  for (FaultInfo& info : replication_faults()) all.push_back(std::move(info));
  for (FaultInfo& info : operator_faults()) all.push_back(std::move(info));
  return all;
}

}  // namespace aftershock
