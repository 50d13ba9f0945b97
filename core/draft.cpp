#include "core/draft.h"

#include "core/check.h"
#include "core/rng.h"

namespace delta {

Draft::Draft(const Rows& rows, const Envelope& envelope, const Context& context,
             const Settings& settings)
    : rows_(rows), envelope_(envelope), context_(context), settings_(settings) {}

const Run* Draft::run(RunId id) const {
  const Run* changed = decision_.rows.run(id);
  return changed ? changed : rows_.run(id);
}

const Job* Draft::job(RunId run, std::uint32_t index) const {
  const Job* changed = decision_.rows.job(run, index);
  return changed ? changed : rows_.job(run, index);
}

const Attempt* Draft::attempt(AttemptId id) const {
  const Attempt* changed = decision_.rows.attempt(id);
  return changed ? changed : rows_.attempt(id);
}

void Draft::advance(Attempt& attempt, AttemptState to) {
  CHECK_INVARIANT("legal-transition", is_legal(attempt.state, to),
                  "attempt " + to_string(attempt.id) + ": " + std::string(name_of(attempt.state)) +
                      " -> " + std::string(name_of(to)));
  attempt.state = to;
}

void Draft::advance(Run& run, RunState to) {
  CHECK_INVARIANT("legal-transition", is_legal(run.state, to),
                  "run " + to_string(run.id) + ": " + std::string(name_of(run.state)) + " -> " +
                      std::string(name_of(to)));
  run.state = to;
}

void Draft::enqueue(Attempt& attempt, DbTime due) {
  if (attempt.state == AttemptState::waiting) advance(attempt, AttemptState::queued);
  attempt.available_at = due;
  const Duration patience = attempt.job_spec().queue_timeout;
  attempt.queue_deadline = patience > 0s ? due + patience : kNever;
  dispatch(attempt.id, due);
}

bool Draft::may_retry(const JobSpec& spec, const Job& job, FailureClass failure) const {
  const bool tries_left = job.failures < spec.retry.max_attempts;
  switch (failure) {
    case FailureClass::lost: return job.losses <= spec.retry.max_losses;
    case FailureClass::infrastructure: return spec.retry.retry_infrastructure && tries_left;
    case FailureClass::user: return spec.retry.retry_user && tries_left;
    case FailureClass::timeout: return spec.retry.retry_timeout && tries_left;
  }
  CHECK(false);
  return false;
}

Duration Draft::backoff(std::uint32_t tries) {
  Duration base = settings_.retry_backoff;
  for (std::uint32_t i = 1; i < tries && base < settings_.retry_backoff_max; ++i) base *= 2;
  base = std::min(base, settings_.retry_backoff_max);
  // Jitter over the whole second half, so that a mass expiry does not come back as one herd.
  return base / 2 + Duration(static_cast<std::int64_t>(
                        draw() % (static_cast<std::uint64_t>(base.count()) / 2 + 1)));
}

void Draft::create_retry(Job& job, const Attempt& ended) {
  Attempt next;
  next.id = fresh_id<AttemptId>();
  next.run = ended.run;
  next.job = ended.job;
  next.number = static_cast<std::uint16_t>(job.attempts + 1);
  next.epoch = ended.epoch;
  next.spec = ended.spec;
  next.state = AttemptState::queued;
  next.resume = job.checkpoint;
  enqueue(next, context_.now + backoff(job.attempts));
  job.attempts = next.number;
  job.current = next.id;
  put(std::move(next));
}

void Draft::end_try(const Attempt& ended, FailureClass failure) {
  const Job* row = job(ended.run, ended.job);
  const Run* parent = run(ended.run);
  // In a run that is being cancelled nothing is tried: its attempts end as cancelled.
  CHECK(row != nullptr && parent != nullptr && parent->state <= RunState::running);
  Job changed = *row;
  if (failure == FailureClass::lost) {
    ++changed.losses;
  } else {
    ++changed.failures;
  }
  if (may_retry(ended.job_spec(), changed, failure)) {
    create_retry(changed, ended);
    put(changed);
    return;
  }
  put(changed);
  end_job(ended.run, ended.job,
          failure == FailureClass::timeout ? JobState::timed_out : JobState::failed);
}

void Draft::count_in_run(RunId id, bool required, JobState state) {
  Run changed = *run(id);
  CHECK(changed.open_jobs > 0);
  --changed.open_jobs;
  if (required) {
    switch (state) {
      case JobState::failed:
      case JobState::cancelled: ++changed.required_failed; break;
      case JobState::timed_out: ++changed.required_timed_out; break;
      case JobState::skipped: ++changed.required_skipped; break;
      case JobState::open:
      case JobState::succeeded: break;
    }
  }
  put(std::move(changed));
}

void Draft::end_job(RunId id, std::uint32_t index, JobState state) {
  Job changed = *job(id, index);
  CHECK_INVARIANT("terminal-is-final", !is_terminal(changed.state),
                  "job " + std::to_string(index) + " of run " + to_string(id) + " is decided");
  changed.state = state;
  put(changed);
  count_in_run(id, run(id)->spec->jobs[index].required, state);
  if (state == JobState::succeeded) {
    release_dependents(id, index);
  } else {
    skip_dependents(id, index);
  }
}

void Draft::release_dependents(RunId id, std::uint32_t index) {
  const SharedSpec spec = run(id)->spec;
  for (const std::uint32_t dependent : spec->jobs[index].dependents) {
    Job next = *job(id, dependent);
    if (is_terminal(next.state)) continue;
    CHECK_INVARIANT("dependency-order", next.unmet > 0, "a dependent waits for nothing");
    --next.unmet;
    if (next.unmet == 0) {
      Attempt first = *attempt(next.current);
      if (first.state == AttemptState::waiting) {
        enqueue(first, context_.now);
        put(std::move(first));
      }
    }
    put(next);
  }
}

void Draft::skip_dependents(RunId id, std::uint32_t index) {
  const SharedSpec spec = run(id)->spec;
  // In a run that is being cancelled, what still waits is cancelled with it.
  const bool cancelled = run(id)->state == RunState::cancel_requested;
  for (const std::uint32_t after : spec->jobs[index].descendants) {
    Job next = *job(id, after);
    if (is_terminal(next.state)) continue;
    Attempt first = *attempt(next.current);
    advance(first, cancelled ? AttemptState::cancelled : AttemptState::skipped);
    put(std::move(first));
    next.state = cancelled ? JobState::cancelled : JobState::skipped;
    put(next);
    count_in_run(id, spec->jobs[after].required, next.state);
  }
}

void Draft::roll_up(RunId id) {
  Run changed = *run(id);
  if (changed.open_jobs > 0 || is_terminal(changed.state)) return;
  RunState outcome = RunState::succeeded;
  if (changed.state == RunState::cancel_requested) {
    outcome = RunState::cancelled;
  } else if (changed.required_failed > 0) {
    outcome = RunState::failed;
  } else if (changed.required_timed_out > 0) {
    outcome = RunState::timed_out;
  } else if (changed.required_skipped > 0) {
    outcome = RunState::failed;
  }
  // A job may end before any start was acknowledged (a lost lease, say): the run ran all the
  // same, so it passes through running.
  const bool never_started = changed.state == RunState::queued;
  if (never_started && outcome != RunState::timed_out) advance(changed, RunState::running);
  advance(changed, outcome);
  changed.finished_at = context_.now;
  put(std::move(changed));
}

AuditEvent Draft::new_event(RunId subject) const {
  AuditEvent event;
  event.run = subject;
  event.what = envelope_;
  event.context = context_;
  return event;
}

void Draft::record(AttemptId subject, AttemptState from, std::optional<Reason> refused) {
  Attempt row = *attempt(subject);
  const Attempt* before = rows_.attempt(subject);
  AuditEvent event = new_event(row.run);
  event.attempt = subject;
  // Whoever holds the lease sent it: the fence has seen to that.
  if (event.what.actor.kind == ActorKind::runner) event.what.actor.id = row.runner.lo;
  event.lease_expires_at = before ? before->expires_at : kNever;
  event.from = static_cast<std::uint8_t>(from);
  event.to = static_cast<std::uint8_t>(row.state);
  event.refused = refused;
  append_to_chain(row.audit, event);
  if (is_terminal(row.state)) close_chain(row);
  put(std::move(row));
  decision_.event = std::move(event);
}

void Draft::close_chain(const Attempt& ended) {
  Run changed = *run(ended.run);
  enter_head(changed.audit, ended.audit);
  put(std::move(changed));
}

void Draft::record(RunId subject, RunState from) {
  Run row = *run(subject);
  AuditEvent event = new_event(subject);
  event.from = static_cast<std::uint8_t>(from);
  event.to = static_cast<std::uint8_t>(row.state);
  append_to_chain(row.audit, event);
  put(std::move(row));
  decision_.event = std::move(event);
}

void Draft::record(Control row) {
  AuditEvent event = new_event({});
  append_to_chain(row.audit, event);
  decision_.rows.control = std::move(row);
  decision_.event = std::move(event);
}

void Draft::record(Schedule row) {
  const Schedule* before = schedule(row.id);
  AuditEvent event = new_event({});
  event.schedule = row.id;
  event.from = static_cast<std::uint8_t>(before != nullptr ? before->state : row.state);
  event.to = static_cast<std::uint8_t>(row.state);
  append_to_chain(row.audit, event);
  decision_.rows.put(std::move(row));
  decision_.event = std::move(event);
}

std::uint64_t Draft::draw() {
  ++drawn_;
  return mix64(mix64(envelope_.nonce.hi + drawn_) ^ envelope_.nonce.lo);
}

Decision Draft::refuse(Reason reason) {
  decision_.refused = reason;
  return take();
}

}  // namespace delta
