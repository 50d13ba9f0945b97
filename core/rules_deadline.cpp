// What background work does when a deadline has passed. Candidates were found without locks, so
// every rule here checks again, on the row as it is under the lock.
#include "core/check.h"
#include "core/rules.h"

namespace delta::rules {

namespace {

/// Nothing, if somebody holds a lease on the attempt.
std::optional<Reason> not_live(const Attempt* attempt) {
  if (attempt == nullptr) return Reason::not_found;
  if (!is_live(attempt->state)) return Reason::lease_over;
  return std::nullopt;
}

/// Ends a lease against its holder's will. Work that was being cancelled counts as cancelled.
Decision take_away(Draft& draft, const Attempt& live, LeaseEnd end) {
  const AttemptState to =
      live.state == AttemptState::cancel_requested ? AttemptState::cancelled : AttemptState::lost;
  return finish(draft, live, to, end, FailureClass::lost);
}

}  // namespace

Decision apply(Draft& draft, const Expire& m) {
  const Attempt* found = draft.attempt(m.ref.attempt);
  if (const auto refused = not_live(found)) return draft.refuse(*refused);
  if (draft.context().now < lease_end(*found, draft.context().grace_until)) {
    return draft.refuse(Reason::not_due);
  }
  return take_away(draft, *found, LeaseEnd::expired);
}

Decision apply(Draft& draft, const Revoke& m) {
  const Attempt* found = draft.attempt(m.ref.attempt);
  if (const auto refused = not_live(found)) return draft.refuse(*refused);
  return take_away(draft, *found, LeaseEnd::revoked);
}

Decision apply(Draft& draft, const ForceCancel& m) {
  const Attempt* found = draft.attempt(m.ref.attempt);
  if (const auto refused = not_live(found)) return draft.refuse(*refused);
  if (found->state != AttemptState::cancel_requested ||
      draft.context().now < found->cancel_deadline) {
    return draft.refuse(Reason::not_due);
  }
  return finish(draft, *found, AttemptState::cancelled, LeaseEnd::revoked, FailureClass::lost);
}

Decision apply(Draft& draft, const TimeOut& m) {
  const Attempt* found = draft.attempt(m.ref.attempt);
  if (found == nullptr) return draft.refuse(Reason::not_found);
  const DbTime now = draft.context().now;
  if (found->state == AttemptState::queued && now >= found->queue_deadline) {
    // Waiting in the queue again would not help: no retry.
    Attempt ended = *found;
    draft.advance(ended, AttemptState::timed_out);
    draft.put(ended);
    draft.end_job(ended.run, ended.job, JobState::timed_out);
    draft.roll_up(ended.run);
    draft.record(ended.id, AttemptState::queued, std::nullopt);
    return draft.take();
  }
  const bool live = is_live(found->state) && found->state != AttemptState::cancel_requested;
  if (!live || now < found->deadline) return draft.refuse(Reason::not_due);
  return finish(draft, *found, AttemptState::timed_out, LeaseEnd::revoked, FailureClass::timeout);
}

}  // namespace delta::rules

namespace delta {

SweepPlan plan_sweep(const Control& control, DbTime now, const Settings& settings) {
  const Duration ttl = ttl_in_force(control.policy, now, settings);
  SweepPlan plan;
  plan.control = control;
  plan.control.last_sweep = now;
  if (now < control.last_sweep) {
    // The clock went back, so what is left of a grace seems longer than any grace is.
    const DbTime longest = now + longest_ttl(control.policy, now, settings);
    plan.control.grace_until = std::min(control.grace_until, longest);
  }
  // Nobody swept for so long that runners may have been unable to renew: give each lease one TTL
  // more, once, so that orchestrators in a crash loop still expire what is dead.
  const bool gap = now - control.last_sweep > std::min(ttl, settings.lease_ttl) / 2;
  if (gap && control.grace_available) {
    plan.control.grace_until = std::max(plan.control.grace_until, now + ttl);
    plan.control.grace_available = false;
  }
  plan.may_expire = now >= plan.control.grace_until;
  return plan;
}

bool is_fresh(const Control& control, DbTime now, const Settings& settings) {
  return now >= control.last_sweep && now - control.last_sweep < settings.sweep_interval / 2;
}

DbTime grace_in_force(const Control& control, DbTime now, const Settings& settings) {
  return plan_sweep(control, now, settings).control.grace_until;
}

Control after_whole_sweep(const SweepPlan& plan) {
  CHECK(plan.may_expire);  // a sweep during a grace ends nothing, so it never is a whole one
  Control control = plan.control;
  control.grace_available = true;
  return control;
}

}  // namespace delta
