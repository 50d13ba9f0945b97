#include "orchestrator/tally.h"

#include <algorithm>

namespace delta {

namespace {

FailureClass failure_of(const Message& message) {
  if (const auto* complete = std::get_if<Complete>(&message)) return complete->failure;
  return std::holds_alternative<TimeOut>(message) ? FailureClass::timeout : FailureClass::lost;
}

/// The database's clock may have gone back in between.
Duration since(DbTime then, const Context& context) {
  return std::max(context.now - then, Duration(0));
}

void tally_attempt(const Attempt* before, const Attempt& after, const Context& context,
                   const Message& message, MetricsTally& tally) {
  if (before == nullptr) {
    if (after.number > 1) tally.add({Metric::retries_total, failure_of(message)});
    return;
  }
  if (std::holds_alternative<Heartbeat>(message)) {
    tally.observe(Metric::heartbeat_slack, lease_end(*before, context.grace_until) - context.now);
  }
  if (is_live(before->state) && is_terminal(after.state) && after.leased_at != kNever) {
    tally.observe(Metric::job_duration, since(after.leased_at, context));
  }
  const LeaseState state = lease_state(after);
  if (state == lease_state(*before)) return;
  if (state == LeaseState::granted) {
    tally.observe(Metric::queued_to_leased, since(before->available_at, context));
  }
  tally.add({Metric::leases_total, state});
  if (state == LeaseState::expired) tally.add(Metric::lease_expirations_total);
}

void tally_rows(const Rows& before, const Rows& after, const Context& context,
                const Message& message, MetricsTally& tally) {
  for (const Run& row : after.runs) {
    const Run* known = before.run(row.id);
    if (known == nullptr || known->state != row.state) tally.add({Metric::runs_total, row.state});
  }
  for (const Job& row : after.jobs) {
    const Job* known = before.job(row.run, row.index);
    if (known == nullptr || known->state != row.state) tally.add({Metric::jobs_total, row.state});
  }
  for (const Schedule& row : after.schedules) {
    const Schedule* known = before.schedule(row.id);
    const auto more = [&](std::uint64_t Schedule::* count) {
      return static_cast<std::int64_t>(row.*count - (known != nullptr ? known->*count : 0));
    };
    tally.add(Metric::schedule_fires_total, more(&Schedule::fires));
    tally.add(Metric::schedule_skipped_total, more(&Schedule::skipped));
  }
  for (const Attempt& row : after.attempts) {
    tally_attempt(before.attempt(row.id), row, context, message, tally);
  }
}

/// Only messages of a lease's holder can be stale; a second acquire that comes late cannot.
void tally_refusal(const Message& message, Reason reason, MetricsTally& tally) {
  const auto kind = std::ranges::find(labels::lease_messages, name_of(message));
  const auto why = std::ranges::find(labels::stale_reasons, name_of(reason));
  if (kind == labels::lease_messages.end() || why == labels::stale_reasons.end()) return;
  tally.add({Metric::stale_messages_total, kind - labels::lease_messages.begin(),
             why - labels::stale_reasons.begin()});
}

}  // namespace

void tally_decision(const Rows& before, const Context& context, const Message& message,
                    const Decision& decision, MetricsTally& tally) {
  if (decision.refused) return tally_refusal(message, *decision.refused, tally);
  tally_rows(before, decision.rows, context, message, tally);
  if (std::holds_alternative<ForceCancel>(message)) tally.add(Metric::forced_cancels_total);
  if (const auto* complete = std::get_if<Complete>(&message)) {
    for (const Artifact& artifact : complete->artifacts) {
      tally.add({Metric::artifacts_total, artifact.state});
    }
  }
}

}  // namespace delta
