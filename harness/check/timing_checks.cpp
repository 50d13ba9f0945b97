// What should have happened by now. The hour, the day and the 10,000 are those of
// task-scheduler-disaster-recovery.md, section 5.
#include "harness/check/check.h"

namespace aftershock::check {
namespace {

constexpr std::string_view kNobodySweeps =
    "Right after a restore this is how it must be; start the orchestrators. Otherwise none with "
    "the role `reap` works: look at `delta doctor`.";

}  // namespace

std::vector<Check> timing_checks() {
  return {
      {.name = "large-queue",
       .meaning = "More than 10,000 attempts may be leased and are not.",
       .action = "Free slots? Then nothing is handed out: look at the queue, at a limit of leases. "
                 "None? Add runners, or limit submissions.",
       .sql = "SELECT count(*) || ' attempts' FROM attempt WHERE phase = 1 "
              "AND available_at <= now_ns() HAVING count(*) > 10000"},
      {.name = "stale-leases",
       .severity = Severity::warning,
       .meaning = "A lease ended more than an hour ago, and nobody has noticed.",
       .action = kNobodySweeps,
       .sql = "SELECT 'attempt ' || id || ': ended ' || at_time(greatest(expires_at, grace_until)) "
              "FROM attempt, control WHERE phase = 2 "
              "AND greatest(expires_at, grace_until) < now_ns() - 3600000000000"},
      {.name = "overdue-runs",
       .severity = Severity::warning,
       .meaning = "A run's deadline passed more than an hour ago, and it has not ended.",
       .action = kNobodySweeps,
       .sql = "SELECT 'run ' || id || ': due ' || at_time(deadline) FROM run "
              "WHERE finished_at = 9223372036854775807 AND deadline < now_ns() - 3600000000000"},
      {.name = "overdue-work",
       .severity = Severity::warning,
       .meaning = "An attempt could have been leased for more than a day.",
       .action = "There are no runners, or too few; or dispatch stands still. See the runbook's "
                 "symptom: CI appears stuck.",
       .sql = "SELECT 'attempt ' || id || ': since ' || at_time(available_at) FROM attempt "
              "WHERE phase = 1 AND available_at < now_ns() - 86400000000000"},
      {.name = "overdue-outbox",
       .severity = Severity::warning,
       .meaning = "For more than ten minutes the queue has not been told of an attempt.",
       .action = "The queue is away, or no orchestrator has the role `schedule`. With "
                 "`dispatch_fallback` the work is handed out all the same.",
       .sql = "SELECT 'outbox entry ' || serial || ': due ' || at_time(due) FROM outbox "
              "WHERE due < now_ns() - 600000000000"},
      {.name = "no-sweeps",
       .severity = Severity::warning,
       .meaning = "Work is open, and no orchestrator has swept for more than an hour.",
       .action = kNobodySweeps,
       .sql = "SELECT 'last sweep: ' || at_time(last_sweep) FROM control "
              "WHERE last_sweep < now_ns() - 3600000000000 "
              "AND EXISTS (SELECT FROM attempt WHERE phase IN (1, 2))"},
      {.name = "clock-behind",
       .severity = Severity::warning,
       .meaning = "A run was submitted in the future: this server's clock is behind the one that "
                  "wrote the rows.",
       .action = "Put the clock right before the orchestrators start: leases end by it.",
       .sql = "SELECT 'run ' || id || ': submitted ' || at_time(submitted_at) FROM run "
              "WHERE submitted_at > now_ns() + 60000000000"},
  };
}

}  // namespace aftershock::check
