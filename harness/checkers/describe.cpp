#include "harness/checkers/describe.h"

namespace aftershock {

using namespace delta;

namespace {

std::string field(const char* name, std::uint64_t value) {
  return std::string(" ") + name + "=" + std::to_string(value);
}

std::string field(const char* name, DbTime value) {
  return std::string(" ") + name + "=" + describe(value);
}

template <class State>
std::string step_of(const AuditEvent& event) {
  return " " + std::string(name_of(static_cast<State>(event.from))) + " -> " +
         std::string(name_of(static_cast<State>(event.to)));
}

std::string step_of(const AuditEvent& event) {
  if (!event.schedule.is_nil()) return step_of<ScheduleState>(event);
  if (event.run.is_nil()) return " of the control row";
  return event.attempt.is_nil() ? step_of<RunState>(event) : step_of<AttemptState>(event);
}

}  // namespace

std::string describe(DbTime time) {
  return time == kNever ? "never" : format_seconds(time.time_since_epoch());
}

std::string describe(const Run& row) {
  return "run " + to_string(row.id) + " " + std::string(name_of(row.state)) +
         field("open_jobs", row.open_jobs) + field("required_failed", row.required_failed) +
         field("required_timed_out", row.required_timed_out) +
         field("required_skipped", row.required_skipped) + field("submitted_at", row.submitted_at) +
         field("finished_at", row.finished_at) + field("deadline", row.deadline) +
         (row.schedule.is_nil() ? "" : field("fire_at", row.fire_at)) +
         field("events", row.audit.length);
}

std::string describe(const Job& row) {
  return "job " + std::to_string(row.index) + " of run " + to_string(row.run) + " " +
         std::string(name_of(row.state)) + field("unmet", row.unmet) +
         field("attempts", row.attempts) + field("failures", row.failures) +
         field("losses", row.losses) + " current=" + to_string(row.current) +
         field("checkpoint", row.checkpoint.steps);
}

std::string describe(const Attempt& row) {
  return "attempt " + to_string(row.id) + " of job " + std::to_string(row.job) + " of run " +
         to_string(row.run) + " " + std::string(name_of(row.state)) + field("number", row.number) +
         " lease=" + std::string(name_of(lease_state(row))) + field("epoch", row.epoch) +
         field("generation", row.generation) + " runner=" + short_name(row.runner) +
         field("available_at", row.available_at) + field("expires_at", row.expires_at) +
         field("deadline", row.deadline) + field("cancel_deadline", row.cancel_deadline) +
         field("resume", row.resume.steps) + field("events", row.audit.length);
}

std::string describe(const Schedule& row) {
  const ScheduleTiming& timing = row.spec->timing;
  return "schedule " + row.spec->name + " " + std::string(name_of(row.state)) + " (" +
         std::string(name_of(timing.kind)) + " '" + timing.expression + "' " + timing.zone + ", " +
         std::string(name_of(row.spec->catch_up)) + ")" + field("cap", row.spec->cap) +
         field("next_fire", row.next_fire) + field("last_fire", row.last_fire) +
         field("fires", row.fires) + field("skipped", row.skipped) +
         field("events", row.audit.length);
}

std::string describe(const Control& row) {
  return "the control row" + field("generation", row.generation) +
         field("last_sweep", row.last_sweep) + field("grace_until", row.grace_until) +
         field("policy", row.policy.version) + field("ingesting", row.policy.ingesting ? 1 : 0) +
         " lease_ttl=" + format_duration(row.policy.lease_ttl) +
         field("lease_ttl_until", row.policy.lease_ttl_until) +
         field("most_leases", row.policy.most_leases) +
         field("submissions_per_minute", row.policy.submissions_per_minute) +
         field("events", row.audit.length);
}

std::string describe(const AuditEvent& event) {
  std::string text = "event " + std::to_string(event.serial) + " " +
                     std::string(name_of(event.what.message)) + " by " +
                     std::string(name_of(event.what.actor.kind)) + step_of(event) +
                     field("number", event.number) + field("now", event.context.now) +
                     field("grace_until", event.context.grace_until);
  if (event.refused) text += " refused=" + std::string(name_of(*event.refused));
  return text;
}

}  // namespace aftershock
