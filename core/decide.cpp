#include "core/decide.h"

#include <algorithm>

#include "core/rules.h"

namespace delta {

namespace {

/// The job and its current attempt are there, locked.
bool holds_job(const Rows& rows, RunId run, std::uint32_t index) {
  const Job* job = rows.job(run, index);
  return job != nullptr && rows.attempt(job->current) != nullptr;
}

/// Everything that the message may change is there. Rows may be missing because they do not exist,
/// because a reference from outside does not fit, or because background work skipped what others
/// held; in each case nothing may be decided on the rest.
bool covers(const Rows& rows, const Footprint& need) {
  if (need.scope == Scope::nothing || need.scope == Scope::attempt) return true;
  if (need.scope == Scope::control) return rows.control.has_value();
  if (need.scope == Scope::schedule) return true;  // its rules say what an absent row means
  const Run* run = rows.run(need.ref.run);
  if (run == nullptr) return false;
  const std::vector<JobSpec>& jobs = run->spec->jobs;
  if (need.scope == Scope::run) {
    for (std::uint32_t i = 0; i < jobs.size(); ++i) {
      if (!holds_job(rows, run->id, i)) return false;
    }
    return true;
  }
  // An attempt of another job would be decided on without that job's rows.
  const Attempt* attempt = rows.attempt(need.ref.attempt);
  if (attempt == nullptr || attempt->ref() != need.ref || need.ref.job >= jobs.size()) return false;
  if (need.scope == Scope::attempt_and_run) return true;
  if (!holds_job(rows, run->id, need.ref.job)) return false;
  return std::ranges::all_of(jobs[need.ref.job].descendants,
                             [&](std::uint32_t after) { return holds_job(rows, run->id, after); });
}

}  // namespace

Context context_of(const Control& control, DbTime now, const Settings& settings) {
  Context context;
  context.now = now;
  context.grace_until = grace_in_force(control, now, settings);
  context.generation = control.generation;
  context.lease_ttl = ttl_in_force(control.policy, now, settings);
  context.longest_lease = longest_ttl(control.policy, now, settings);
  context.ingesting = control.policy.ingesting;
  return context;
}

Decision decide(const Rows& rows, const Envelope& envelope, const Context& context,
                const Settings& settings) {
  Draft draft(rows, envelope, context, settings);
  if (!covers(rows, footprint(envelope.message))) return draft.refuse(Reason::not_found);
  return std::visit([&draft](const auto& message) { return rules::apply(draft, message); },
                    envelope.message);
}

}  // namespace delta
