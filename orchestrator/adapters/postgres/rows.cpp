#include "orchestrator/adapters/postgres/rows.h"

#include "orchestrator/adapters/postgres/fields.h"
#include "platform/wire/codec.h"

namespace delta::postgres {

namespace {

ChainHead read_head(Fields& fields) {
  ChainHead head;
  head.length = fields.number<std::uint32_t>();
  head.digest = fields.digest();
  return head;
}

void add_head(Arguments& arguments, const ChainHead& head) {
  arguments << head.length << head.digest;
}

Checkpoint read_checkpoint(Fields& fields) {
  Checkpoint checkpoint;
  checkpoint.steps = fields.number<std::uint32_t>();
  checkpoint.state = fields.text();
  return checkpoint;
}

}  // namespace

void add_checkpoint(Arguments& arguments, const Checkpoint& checkpoint) {
  arguments << checkpoint.steps << Text{checkpoint.state};
}

void add_run(Arguments& arguments, const Run& row) {
  arguments << row.id << row.state << row.open_jobs << row.required_failed << row.required_timed_out
            << row.required_skipped << row.submitted_at << row.finished_at << row.deadline
            << row.schedule << row.fire_at;
  add_head(arguments, row.audit);
}

void add_job(Arguments& arguments, const Job& row) {
  arguments << row.run << row.index << row.state << row.unmet << std::uint32_t{row.attempts}
            << std::uint32_t{row.failures} << std::uint32_t{row.losses} << row.current;
  add_checkpoint(arguments, row.checkpoint);
}

void add_attempt(Arguments& arguments, const Attempt& row) {
  arguments << row.id << row.run << row.job << std::uint32_t{row.number} << row.state
            << row.lease_end << row.epoch << row.generation << row.token_hash << row.runner
            << row.available_at << row.leased_at << row.queue_deadline << row.expires_at
            << row.deadline << row.cancel_deadline;
  add_head(arguments, row.audit);
}

void add_schedule(Arguments& arguments, const Schedule& row) {
  arguments << row.id << row.state << row.created_at << row.next_fire << row.last_fire << row.fires
            << row.skipped;
  add_head(arguments, row.audit);
  arguments << Text{wire::encode(*row.spec)} << Text{row.spec->name};
}

void add_event(Arguments& arguments, const AuditEvent& event) {
  arguments << event.run << event.attempt << event.schedule << event.number
            << std::uint64_t{event.what.message.index()} << !event.refused.has_value()
            << Text{wire::encode(event)} << event.previous << event.digest;
}

std::string put_control(const Control& control) {
  const Policy& policy = control.policy;
  Arguments values(14);
  values << control.generation << control.last_sweep << control.grace_until
         << control.grace_available << policy.version << policy.ingesting << policy.lease_ttl
         << policy.lease_ttl_until << policy.former_ttl << policy.former_until << policy.most_leases
         << policy.submissions_per_minute;
  add_head(values, control.audit);
  return values.execute("put_control");
}

Run read_run(const pqxx::row& row) {
  Fields fields(row);
  Run run;
  run.id = fields.id<RunId>();
  run.state = fields.choice<RunState>();
  run.open_jobs = fields.number<std::uint32_t>();
  run.required_failed = fields.number<std::uint32_t>();
  run.required_timed_out = fields.number<std::uint32_t>();
  run.required_skipped = fields.number<std::uint32_t>();
  run.submitted_at = fields.time();
  run.finished_at = fields.time();
  run.deadline = fields.time();
  run.schedule = fields.id<ScheduleId>();
  run.fire_at = fields.time();
  run.audit = read_head(fields);
  return run;
}

Job read_job(const pqxx::row& row) {
  Fields fields(row);
  Job job;
  job.run = fields.id<RunId>();
  job.index = fields.number<std::uint32_t>();
  job.state = fields.choice<JobState>();
  job.unmet = fields.number<std::uint32_t>();
  job.attempts = fields.number<std::uint16_t>();
  job.failures = fields.number<std::uint16_t>();
  job.losses = fields.number<std::uint16_t>();
  job.current = fields.id<AttemptId>();
  job.checkpoint = read_checkpoint(fields);
  return job;
}

Attempt read_attempt(const pqxx::row& row) {
  Fields fields(row);
  Attempt attempt;
  attempt.id = fields.id<AttemptId>();
  attempt.run = fields.id<RunId>();
  attempt.job = fields.number<std::uint32_t>();
  attempt.number = fields.number<std::uint16_t>();
  attempt.state = fields.choice<AttemptState>();
  attempt.lease_end = fields.choice<LeaseEnd>();
  attempt.epoch = fields.number<std::uint32_t>();
  attempt.generation = fields.number<std::uint64_t>();
  attempt.token_hash = fields.id<TokenHash>();
  attempt.runner = fields.id<RunnerId>();
  attempt.available_at = fields.time();
  attempt.leased_at = fields.time();
  attempt.queue_deadline = fields.time();
  attempt.expires_at = fields.time();
  attempt.deadline = fields.time();
  attempt.cancel_deadline = fields.time();
  attempt.audit = read_head(fields);
  attempt.resume = read_checkpoint(fields);
  return attempt;
}

namespace {

/// The columns that locking and finding have alike.
Schedule read_schedule_times(Fields& fields) {
  Schedule schedule;
  schedule.id = fields.id<ScheduleId>();
  schedule.state = fields.choice<ScheduleState>();
  schedule.created_at = fields.time();
  schedule.next_fire = fields.time();
  schedule.last_fire = fields.time();
  schedule.fires = fields.number<std::uint64_t>();
  schedule.skipped = fields.number<std::uint64_t>();
  return schedule;
}

}  // namespace

Schedule read_schedule(const pqxx::row& row) {
  Fields fields(row);
  Schedule schedule = read_schedule_times(fields);
  schedule.audit = read_head(fields);
  schedule.spec = wire::decode_schedule(fields.text()).value_or(nullptr);
  return schedule;
}

std::optional<Schedule> read_found_schedule(const pqxx::row& row, DbTime& now) {
  Fields fields(row);
  now = fields.time();
  if (fields.is_null()) return std::nullopt;
  Schedule schedule = read_schedule_times(fields);
  schedule.spec = wire::decode_schedule(fields.text()).value_or(nullptr);
  if (schedule.spec == nullptr) return std::nullopt;
  return schedule;
}

Control read_control(const pqxx::row& row, DbTime& now) {
  Fields fields(row);
  Control control;
  Policy& policy = control.policy;
  control.generation = fields.number<std::uint64_t>();
  control.last_sweep = fields.time();
  control.grace_until = fields.time();
  control.grace_available = fields.flag();
  policy.version = fields.number<std::uint64_t>();
  policy.ingesting = fields.flag();
  policy.lease_ttl = fields.duration();
  policy.lease_ttl_until = fields.time();
  policy.former_ttl = fields.duration();
  policy.former_until = fields.time();
  policy.most_leases = fields.number<std::uint32_t>();
  policy.submissions_per_minute = fields.number<std::uint32_t>();
  control.audit = read_head(fields);
  now = fields.time();
  return control;
}

AuditEvent read_event(const pqxx::row& row) {
  Fields fields(row);
  const auto serial = fields.number<std::uint64_t>();
  const auto run = fields.id<RunId>();
  const auto attempt = fields.id<AttemptId>();
  const auto schedule = fields.id<ScheduleId>();
  const auto number = fields.number<std::uint32_t>();
  // An event that cannot be read was changed: as another one it does not fit its digest.
  AuditEvent unreadable;
  unreadable.what.message = Cancel{};
  AuditEvent event = wire::decode_event(fields.text()).value_or(unreadable);
  event.serial = serial;
  event.run = run;
  event.attempt = attempt;
  event.schedule = schedule;
  event.number = number;
  event.previous = fields.digest();
  event.digest = fields.digest();
  return event;
}

}  // namespace delta::postgres
