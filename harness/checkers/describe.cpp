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
         field("events", row.audit.length);
}

std::string describe(const Job& row) {
  return "job " + std::to_string(row.index) + " of run " + to_string(row.run) + " " +
         std::string(name_of(row.state)) + field("unmet", row.unmet) +
         field("attempts", row.attempts) + field("failures", row.failures) +
         field("losses", row.losses) + " current=" + to_string(row.current);
}

std::string describe(const Attempt& row) {
  return "attempt " + to_string(row.id) + " of job " + std::to_string(row.job) + " of run " +
         to_string(row.run) + " " + std::string(name_of(row.state)) + field("number", row.number) +
         " lease=" + std::string(name_of(lease_state(row))) + field("epoch", row.epoch) +
         field("generation", row.generation) + " runner=" + short_name(row.runner) +
         field("available_at", row.available_at) + field("expires_at", row.expires_at) +
         field("deadline", row.deadline) + field("cancel_deadline", row.cancel_deadline) +
         field("events", row.audit.length);
}

std::string describe(const AuditEvent& event) {
  const bool of_run = event.attempt.is_nil();
  const std::string_view from = of_run ? name_of(static_cast<RunState>(event.from))
                                       : name_of(static_cast<AttemptState>(event.from));
  const std::string_view to = of_run ? name_of(static_cast<RunState>(event.to))
                                     : name_of(static_cast<AttemptState>(event.to));
  std::string text =
      "event " + std::to_string(event.serial) + " " + std::string(name_of(event.what.message)) +
      " by " + std::string(name_of(event.what.actor.kind)) + " " + std::string(from) + " -> " +
      std::string(to) + field("number", event.number) + field("now", event.context.now) +
      field("grace_until", event.context.grace_until);
  if (event.refused) text += " refused=" + std::string(name_of(*event.refused));
  return text;
}

}  // namespace aftershock
