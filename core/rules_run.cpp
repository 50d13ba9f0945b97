// Submission, cancellation and the deadline of a whole run.
#include "core/rules.h"

namespace delta::rules {

namespace {

void create_job(Draft& draft, RunId run, const SharedSpec& spec, std::uint32_t index) {
  Attempt first;
  first.id = draft.fresh_id<AttemptId>();
  first.run = run;
  first.job = index;
  first.number = 1;
  first.spec = spec;
  Job job;
  job.run = run;
  job.index = index;
  job.unmet = static_cast<std::uint32_t>(spec->jobs[index].needs.size());
  job.attempts = 1;
  job.current = first.id;
  if (job.unmet == 0) draft.enqueue(first, draft.context().now);
  draft.put(job);
  draft.put(std::move(first));
}

/// Cancels one open job: at once if nobody works on it, else by asking its runner.
void stop_job(Draft& draft, const Job& job) {
  Attempt attempt = *draft.attempt(job.current);
  const bool held = is_live(attempt.state);
  draft.advance(attempt, held ? AttemptState::cancel_requested : AttemptState::cancelled);
  if (held) attempt.cancel_deadline = draft.context().now + draft.settings().cancel_deadline;
  draft.put(std::move(attempt));
  if (!held) draft.end_job(job.run, job.index, JobState::cancelled);
}

/// Ends one open job of a run whose time is up. A job that waits for others is skipped: what it
/// needs did not succeed.
void time_out_job(Draft& draft, const Job& job) {
  Attempt attempt = *draft.attempt(job.current);
  if (attempt.state == AttemptState::waiting) return;  // skipped with the job that it waits for
  const bool held = is_live(attempt.state);
  if (held) attempt.lease_end = LeaseEnd::revoked;
  draft.advance(attempt, AttemptState::timed_out);
  if (held) draft.close_chain(attempt);
  draft.put(std::move(attempt));
  draft.end_job(job.run, job.index, JobState::timed_out);
}

template <class Action>
void for_each_open_job(Draft& draft, RunId run, Action action) {
  const std::size_t jobs = draft.run(run)->spec->jobs.size();
  for (std::uint32_t i = 0; i < jobs; ++i) {
    const Job job = *draft.job(run, i);
    if (!is_terminal(job.state)) action(job);
  }
}

}  // namespace

void create_run(Draft& draft, Run run) {
  const DbTime now = draft.context().now;
  const RunId id = run.id;
  const SharedSpec spec = run.spec;
  run.open_jobs = static_cast<std::uint32_t>(spec->jobs.size());
  run.submitted_at = now;
  run.deadline = spec->timeout > 0s ? now + spec->timeout : kNever;
  draft.put(std::move(run));
  for (std::uint32_t i = 0; i < spec->jobs.size(); ++i) create_job(draft, id, spec, i);
}

Decision apply(Draft& draft, const Submit& m) {
  if (!draft.context().ingesting) return draft.refuse(Reason::paused);
  Run run;
  run.id = m.run;
  run.spec = m.spec;
  create_run(draft, std::move(run));
  draft.record(m.run, RunState::queued);
  return draft.take();
}

Decision apply(Draft& draft, const Cancel& m) {
  const Run* found = draft.run(m.run);
  if (found == nullptr) return draft.refuse(Reason::not_found);
  const RunState before = found->state;
  if (before == RunState::cancel_requested || before == RunState::cancelled) {
    return draft.refuse(Reason::already_done);
  }
  if (is_terminal(before)) return draft.refuse(Reason::wrong_state);
  Run run = *found;
  draft.advance(run, RunState::cancel_requested);
  draft.put(std::move(run));
  for_each_open_job(draft, m.run, [&draft](const Job& job) { stop_job(draft, job); });
  draft.roll_up(m.run);
  draft.record(m.run, before);
  return draft.take();
}

Decision apply(Draft& draft, const RunTimeOut& m) {
  const Run* found = draft.run(m.run);
  if (found == nullptr) return draft.refuse(Reason::not_found);
  const RunState before = found->state;
  if (is_terminal(before)) return draft.refuse(Reason::already_done);
  // A cancellation has its own, nearer deadline.
  if (before == RunState::cancel_requested) return draft.refuse(Reason::wrong_state);
  if (draft.context().now < found->deadline) return draft.refuse(Reason::not_due);
  for_each_open_job(draft, m.run, [&draft](const Job& job) { time_out_job(draft, job); });
  draft.roll_up(m.run);
  draft.record(m.run, before);
  return draft.take();
}

}  // namespace delta::rules
