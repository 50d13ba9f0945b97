// What the holder of a lease may do, and how a lease is taken.
#include "core/check.h"
#include "core/rules.h"

namespace delta::rules {

std::optional<Reason> fence(const Attempt* attempt, const Credentials& lease,
                            const Context& context) {
  // The whole reference must fit: the locks were taken by what it names.
  if (attempt == nullptr || attempt->ref() != lease.ref) return Reason::not_found;
  if (attempt->epoch != lease.epoch || attempt->token_hash != lease.token_hash) {
    return Reason::stale;
  }
  if (!is_live(attempt->state) || attempt->generation != context.generation ||
      context.now >= lease_end(*attempt, context.grace_until)) {
    return Reason::lease_over;
  }
  return std::nullopt;
}

namespace {

/// The attempt has ended by this very completion.
bool is_repetition(const Attempt& attempt, bool succeeded) {
  if (attempt.lease_end == LeaseEnd::cancelled) return true;
  return attempt.lease_end == LeaseEnd::completed &&
         attempt.state == (succeeded ? AttemptState::succeeded : AttemptState::failed);
}

/// A completion that comes too late, or contradicts one that was accepted, changes nothing but
/// goes on record. A repetition of what was accepted is told so.
Decision refuse_completion(Draft& draft, const Attempt* attempt, Reason reason, bool succeeded) {
  if (reason != Reason::lease_over) return draft.refuse(reason);
  if (is_repetition(*attempt, succeeded)) return draft.refuse(Reason::already_done);
  draft.record(attempt->id, attempt->state, reason);
  return draft.refuse(reason);
}

/// A repetition, or a report that a later one has overtaken.
bool is_past_phase(AttemptState state, AttemptState phase) {
  return (phase == AttemptState::running || phase == AttemptState::uploading) &&
         (state == AttemptState::running || state == AttemptState::uploading) && phase <= state;
}

bool is_next_phase(AttemptState from, AttemptState to) {
  return (from == AttemptState::starting && to == AttemptState::running) ||
         (from == AttemptState::running && to == AttemptState::uploading);
}

}  // namespace

Decision apply(Draft& draft, const Acquire& m) {
  const Attempt* found = draft.attempt(m.attempt);
  if (found == nullptr) return draft.refuse(Reason::not_found);
  const DbTime now = draft.context().now;
  if (found->state != AttemptState::queued || now < found->available_at ||
      now >= found->queue_deadline) {
    return draft.refuse(Reason::not_available);
  }
  Attempt attempt = *found;
  draft.advance(attempt, AttemptState::leased);
  ++attempt.epoch;
  attempt.generation = draft.context().generation;
  attempt.runner = m.runner;
  attempt.token_hash = m.token_hash;
  attempt.queue_deadline = kNever;
  attempt.leased_at = now;
  attempt.expires_at = now + draft.settings().ack_window;
  draft.put(std::move(attempt));
  draft.record(m.attempt, AttemptState::queued, std::nullopt);
  return draft.take();
}

Decision apply(Draft& draft, const Start& m) {
  const AttemptId id = m.lease.ref.attempt;
  const Attempt* found = draft.attempt(id);
  if (const auto refused = fence(found, m.lease, draft.context())) return draft.refuse(*refused);
  if (found->state == AttemptState::cancel_requested) return draft.refuse(Reason::wrong_state);
  if (found->state != AttemptState::leased) return draft.refuse(Reason::already_done);
  Attempt attempt = *found;
  draft.advance(attempt, AttemptState::starting);
  attempt.expires_at = draft.context().now + draft.context().lease_ttl;
  const Duration timeout = attempt.job_spec().timeout;
  attempt.deadline = timeout > 0s ? draft.context().now + timeout : kNever;
  Run run = *draft.run(attempt.run);
  draft.put(std::move(attempt));
  if (run.state == RunState::queued) {
    draft.advance(run, RunState::running);
    draft.put(std::move(run));
  }
  draft.record(id, AttemptState::leased, std::nullopt);
  return draft.take();
}

Decision apply(Draft& draft, const Heartbeat& m) {
  const Attempt* found = draft.attempt(m.lease.ref.attempt);
  if (const auto refused = fence(found, m.lease, draft.context())) return draft.refuse(*refused);
  // A lease that was not started keeps its short window; one whose work is being cancelled is not
  // prolonged beyond its deadline.
  if (found->state == AttemptState::leased || found->state == AttemptState::cancel_requested) {
    return draft.take();
  }
  Attempt attempt = *found;
  attempt.expires_at = renewed_end(attempt, draft.context());
  draft.put(std::move(attempt));
  return draft.take();
}

Decision apply(Draft& draft, const Report& m) {
  const AttemptId id = m.lease.ref.attempt;
  const Attempt* found = draft.attempt(id);
  if (const auto refused = fence(found, m.lease, draft.context())) return draft.refuse(*refused);
  const AttemptState before = found->state;
  if (is_past_phase(before, m.phase)) return draft.refuse(Reason::already_done);
  if (!is_next_phase(before, m.phase)) return draft.refuse(Reason::wrong_state);
  Attempt attempt = *found;
  draft.advance(attempt, m.phase);
  attempt.expires_at = renewed_end(attempt, draft.context());
  draft.put(std::move(attempt));
  draft.record(id, before, std::nullopt);
  return draft.take();
}

Decision apply(Draft& draft, const Complete& m) {
  const Attempt* found = draft.attempt(m.lease.ref.attempt);
  if (const auto refused = fence(found, m.lease, draft.context())) {
    return refuse_completion(draft, found, *refused, m.succeeded);
  }
  if (found->state == AttemptState::cancel_requested) {
    return finish(draft, *found, AttemptState::cancelled, LeaseEnd::cancelled, m.failure);
  }
  if (!m.succeeded) {
    // Only the orchestrator sees losses and timeouts: a runner that calls its failure one would
    // buy itself retries.
    const FailureClass failure =
        m.failure == FailureClass::user ? FailureClass::user : FailureClass::infrastructure;
    return finish(draft, *found, AttemptState::failed, LeaseEnd::completed, failure);
  }
  if (found->state != AttemptState::uploading) return draft.refuse(Reason::wrong_state);
  return finish(draft, *found, AttemptState::succeeded, LeaseEnd::completed, m.failure);
}

Decision apply(Draft& draft, const CancelAck& m) {
  const Attempt* found = draft.attempt(m.lease.ref.attempt);
  if (const auto refused = fence(found, m.lease, draft.context())) {
    const bool done = found != nullptr && *refused == Reason::lease_over &&
                      found->state == AttemptState::cancelled;
    return draft.refuse(done ? Reason::already_done : *refused);
  }
  if (found->state != AttemptState::cancel_requested) return draft.refuse(Reason::wrong_state);
  return finish(draft, *found, AttemptState::cancelled, LeaseEnd::cancelled, FailureClass::user);
}

DbTime renewed_end(const Attempt& attempt, const Context& context) {
  const DbTime explained = std::min(attempt.expires_at, context.now + context.longest_lease);
  return std::max(explained, context.now + context.lease_ttl);
}

Decision finish(Draft& draft, const Attempt& live, AttemptState to, LeaseEnd end,
                FailureClass failure) {
  Attempt ended = live;  // a copy: `live` may be a row that this decision replaces
  const AttemptState before = ended.state;
  draft.advance(ended, to);
  ended.lease_end = end;
  draft.put(ended);
  if (to == AttemptState::succeeded) {
    draft.end_job(ended.run, ended.job, JobState::succeeded);
  } else if (to == AttemptState::cancelled) {
    draft.end_job(ended.run, ended.job, JobState::cancelled);
  } else {
    draft.end_try(ended, failure);
  }
  draft.roll_up(ended.run);
  draft.record(ended.id, before, std::nullopt);
  return draft.take();
}

}  // namespace delta::rules
