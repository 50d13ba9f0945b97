// Rows that belong to rows. The tables have no foreign keys: each write names its rows anyway, and
// a lock on the parent would cost a third of the throughput.
#include "harness/check/check.h"

namespace aftershock::check {
namespace {

constexpr std::string_view kLost =
    "Rows were deleted by hand, or the server lost them. Find out which it was in the server's log "
    "and in its statistics; then restore from a backup of before.";

}  // namespace

std::vector<Check> relation_checks() {
  return {
      {.name = "control-row",
       .meaning = "There is not exactly one control row: no lease can be swept, no policy read.",
       .action = kLost,
       .sql = "SELECT count(*) || ' control rows' FROM control HAVING count(*) <> 1"},
      {.name = "runs-without-jobs",
       .meaning = "A run has no jobs: nothing will ever end it.",
       .action = kLost,
       .sql = "SELECT 'run ' || id FROM run "
              "WHERE NOT EXISTS (SELECT FROM job WHERE job.run_id = run.id)"},
      {.name = "orphaned-jobs",
       .meaning = "A job belongs to no run: its results cannot be found.",
       .action = kLost,
       .sql = "SELECT 'job ' || index || ' of run ' || run_id FROM job "
              "WHERE NOT EXISTS (SELECT FROM run WHERE run.id = job.run_id)"},
      {.name = "orphaned-attempts",
       .meaning = "An attempt belongs to no job: whatever it does changes nothing.",
       .action = kLost,
       .sql = "SELECT 'attempt ' || id || ' of job ' || job || ' of run ' || run_id FROM attempt "
              "WHERE NOT EXISTS (SELECT FROM job "
              "WHERE job.run_id = attempt.run_id AND job.index = attempt.job)"},
      {.name = "jobs-without-attempt",
       .meaning = "A job's current attempt is missing, or is another job's: nothing will move it.",
       .action = kLost,
       .sql = "SELECT 'job ' || index || ' of run ' || run_id FROM job "
              "WHERE NOT EXISTS (SELECT FROM attempt WHERE attempt.id = job.current "
              "AND attempt.run_id = job.run_id AND attempt.job = job.index)"},
      {.name = "missing-attempts",
       .meaning = "A job has had more or fewer tries than it counts: tries were lost or invented.",
       .action = kLost,
       .sql = "SELECT 'job ' || job.index || ' of run ' || job.run_id || ': counts ' || attempts "
              "|| ', has ' || count(attempt.id) FROM job LEFT JOIN attempt "
              "ON attempt.run_id = job.run_id AND attempt.job = job.index "
              "GROUP BY job.run_id, job.index, attempts HAVING attempts <> count(attempt.id)"},
      {.name = "orphaned-outbox",
       .severity = Severity::warning,
       .meaning = "The outbox announces an attempt that does not exist.",
       .action = "Harmless by itself: it is published once and found to be nothing. It comes with "
                 "the loss of an attempt: look at the other findings.",
       .sql = "SELECT 'outbox entry ' || serial || ' for attempt ' || attempt FROM outbox "
              "WHERE NOT EXISTS (SELECT FROM attempt WHERE attempt.id = outbox.attempt)"},
  };
}

}  // namespace aftershock::check
