// States that follow from states. Numbers are those of core/states.h.
#include "harness/check/check.h"

namespace aftershock::check {
namespace {

constexpr std::string_view kEdited =
    "A row was edited by hand, or rows of two histories were mixed. `delta-orchestrator verify` "
    "says what the audit log makes of these rows. Do not correct them by hand: restore, or let the "
    "run be submitted again.";

}  // namespace

std::vector<Check> roll_up_checks() {
  return {
      {.name = "job-state",
       .meaning = "A job's state is not the one that its current attempt gives it.",
       .action = kEdited,
       .sql = "SELECT 'job ' || job.index || ' of run ' || job.run_id FROM job "
              "JOIN attempt ON attempt.id = job.current WHERE job.state <> CASE attempt.state "
              "WHEN 7 THEN 1 WHEN 8 THEN 2 WHEN 9 THEN 3 WHEN 10 THEN 2 WHEN 11 THEN 4 "
              "WHEN 12 THEN 5 ELSE 0 END"},
      {.name = "run-open-jobs",
       .meaning = "A run counts other open jobs than it has: it will end too early, or never.",
       .action = kEdited,
       .sql = "SELECT 'run ' || run.id || ': counts ' || open_jobs || ', has ' "
              "|| count(*) FILTER (WHERE job.state = 0) FROM run JOIN job ON job.run_id = run.id "
              "GROUP BY run.id HAVING open_jobs <> count(*) FILTER (WHERE job.state = 0)"},
      {.name = "run-state",
       .meaning = "A run's end is not the one that its jobs give it.",
       .action = kEdited,
       .sql = "SELECT 'run ' || id FROM run WHERE (state >= 3) <> (open_jobs = 0) "
              "OR state IN (3, 4, 5) AND state <> CASE WHEN required_failed > 0 THEN 4 "
              "WHEN required_timed_out > 0 THEN 5 WHEN required_skipped > 0 THEN 4 ELSE 3 END"},
      {.name = "two-open-attempts",
       .meaning = "A job has two tries under way: both may do the work.",
       .action = kEdited,
       .sql = "SELECT 'job ' || job || ' of run ' || run_id FROM attempt WHERE phase < 3 "
              "GROUP BY run_id, job HAVING count(*) > 1"},
      {.name = "work-after-the-end",
       .meaning = "An attempt of a run that has ended still waits or runs.",
       .action = kEdited,
       .sql = "SELECT 'attempt ' || attempt.id || ' of run ' || run.id FROM attempt "
              "JOIN run ON run.id = attempt.run_id WHERE phase < 3 AND run.state >= 3"},
      {.name = "future-checkpoint",
       .meaning = "A try goes on from a later step than any that its job has a checkpoint of: the "
                  "steps between are done by nobody.",
       .action = kEdited,
       .sql =
           "SELECT 'attempt ' || attempt.id || ': from step ' || resume_steps || ', the job has ' "
           "|| checkpoint_steps FROM attempt JOIN job ON job.run_id = attempt.run_id "
           "AND job.index = attempt.job WHERE resume_steps > checkpoint_steps",
       .since = 4},
      {.name = "future-generation",
       .meaning =
           "A lease is of a generation that has not begun: the control row went back in time "
           "and the attempts did not.",
       .action = "Rows of two histories were mixed. Restore all of one backup, then begin a "
                 "generation.",
       .sql = "SELECT 'attempt ' || id || ': generation ' || attempt.generation FROM attempt, "
              "control WHERE attempt.generation > control.generation"},
  };
}

}  // namespace aftershock::check
