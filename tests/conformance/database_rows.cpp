#include "tests/conformance/database_rows.h"

namespace delta {

SharedSpec chain_spec(std::uint32_t jobs, const std::string& name) {
  RunSpec spec;
  spec.name = name;
  for (std::uint32_t job = 0; job < jobs; ++job) {
    JobSpec step;
    step.name = "job-" + std::to_string(job);
    step.command = "true";
    if (job > 0) step.needs.push_back(job - 1);
    spec.jobs.push_back(step);
  }
  return *prepare(spec);
}

Digest digest_of(std::uint64_t seed) {
  Digest digest;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    digest[i] = static_cast<std::uint8_t>(seed * 37 + i * 11);
  }
  return digest;
}

Run full_run(std::uint64_t n, SharedSpec spec) {
  Run run;
  run.id = run_id(n);
  run.open_jobs = 2'000'000'000;
  run.required_failed = 3;
  run.required_timed_out = 4;
  run.required_skipped = 5;
  run.submitted_at = DbTime(1'700'000'000'123'456'789ns + std::chrono::nanoseconds(n));
  run.deadline = DbTime(1'900'000'000'999'999'999ns);
  run.audit = {6, digest_of(n)};
  run.spec = std::move(spec);
  return run;
}

Job full_job(RunId run, std::uint32_t index, AttemptId current) {
  Job job;
  job.run = run;
  job.index = index;
  job.state = static_cast<JobState>(index % 6);
  job.unmet = 7;
  job.attempts = 65'535;
  job.failures = 8;
  job.losses = 9;
  job.current = current;
  job.checkpoint = {3 + index, R"({"a":"'b' \\ {1,2}"})"};
  return job;
}

Attempt full_attempt(std::uint64_t n, RunId run, std::uint32_t job, AttemptState state) {
  const auto seed = Duration(static_cast<std::int64_t>(n));
  Attempt attempt;
  attempt.id = attempt_id(n);
  attempt.run = run;
  attempt.job = job;
  attempt.number = 65'534;
  attempt.state = state;
  attempt.lease_end = static_cast<LeaseEnd>(n % 5);
  attempt.epoch = 2'147'483'647;
  attempt.generation = 1'000'000'000'000'000'000;
  attempt.token_hash = {~std::uint64_t{0}, n};
  attempt.runner = runner_id(n);
  attempt.available_at = DbTime(-1ns - seed);
  attempt.leased_at = DbTime(1'700'000'000'000'000'003ns + seed);
  attempt.queue_deadline = DbTime(2'000'000'000'000'000'001ns + seed);
  attempt.expires_at = DbTime(2'000'000'000'000'000'002ns + seed);
  attempt.deadline = DbTime(2'000'000'000'000'000'003ns + seed);
  attempt.cancel_deadline = DbTime(2'000'000'000'000'000'004ns + seed);
  attempt.resume = {2, R"(["\"x\"", null])"};
  attempt.audit = {2'147'483'647, digest_of(n + 1)};
  return attempt;
}

Schedule full_schedule(std::uint64_t n, ScheduleState state) {
  const Duration seed = Duration(static_cast<std::int64_t>(n));
  ScheduleSpec spec{schedule_name(n),
                    {ScheduleKind::cron, "*/5 8-18 * * 1-5 'a' \"b\" {c,d} \\e", "Europe/Berlin"},
                    CatchUp::all,
                    static_cast<std::uint32_t>(1 + n % 100),
                    chain_spec(2, "O'Reilly")};
  Schedule schedule;
  schedule.id = schedule_id(spec.name);
  schedule.state = state;
  schedule.created_at = DbTime(1'700'000'000'000'000'001ns + seed);
  if (state == ScheduleState::active) {
    schedule.next_fire = DbTime(1'700'000'000'000'000'002ns + seed);
  }
  schedule.last_fire = DbTime(1'700'000'000'000'000'003ns + seed);
  schedule.fires = 9'000'000'000'000'000'000 + n;
  schedule.skipped = 8'000'000'000'000'000'000 + n;
  schedule.audit = {2'147'483'000, digest_of(n + 2)};
  schedule.spec = std::make_shared<const ScheduleSpec>(std::move(spec));
  return schedule;
}

Control full_control(std::uint64_t seed) {
  Control control;
  control.generation = seed;
  control.last_sweep = DbTime(1'700'000'000'000'000'001ns);
  control.grace_until = DbTime(1'700'000'000'000'000'002ns);
  control.grace_available = false;
  control.policy = {.version = 2 + seed,
                    .ingesting = false,
                    .lease_ttl = 3ns,
                    .lease_ttl_until = DbTime(4ns),
                    .former_ttl = 5ns,
                    .former_until = kNever,
                    .most_leases = 4'294'967'295,
                    .submissions_per_minute = 4'294'967'294};
  control.audit = {7, digest_of(seed)};
  return control;
}

AuditEvent full_event(RunId run, AttemptId attempt, std::uint32_t number, Message message) {
  AuditEvent event;
  event.run = run;
  event.attempt = attempt;
  event.number = number;
  event.what = {std::move(message), {ActorKind::operator_, ~std::uint64_t{0}}, {8, 9}};
  event.context = {DbTime(10ns), DbTime(11ns), 12, 13ns, 14ns, false};
  event.lease_expires_at = DbTime(15ns);
  event.from = 11;
  event.to = 12;
  if (number % 2 == 0) event.refused = Reason::unsound;
  event.previous = digest_of(number);
  event.digest = digest_of(number + 1);
  return event;
}

std::vector<Message> all_messages() {
  const AttemptRef ref{run_id(1), 2, attempt_id(3)};
  const Credentials lease{ref, 4, {5, 6}};
  Complete complete{lease, true, FailureClass::infrastructure, {}};
  complete.artifacts.push_back({"a 'b' \"c\" \\d", ArtifactState::missing, ~std::uint64_t{0}});
  complete.artifacts.push_back({"{x,y}", ArtifactState::stored, 1});
  PolicyChange change;
  change.ingesting = false;
  change.lease_ttl = TtlOverride{1min, 2min};
  return {
      Submit{run_id(1), chain_spec(2, "O'Reilly")},
      Cancel{run_id(1)},
      Acquire{attempt_id(3), runner_id(1), {5, 6}},
      Start{lease},
      Heartbeat{lease},
      Report{lease, AttemptState::uploading},
      complete,
      CancelAck{lease},
      Expire{ref},
      Revoke{ref, "Robert'); DROP TABLE run;--"},
      ForceCancel{ref},
      TimeOut{ref},
      RunTimeOut{run_id(1)},
      Reenqueue{attempt_id(3), "an \"operator\""},
      SetPolicy{change, "back\\slash"},
      RaiseGeneration{"{braces, commas}", 17},
      SaveCheckpoint{lease, {5, R"({"a":"'b'"})"}},
      CreateSchedule{schedule_id_of(1), full_schedule(1, ScheduleState::active).spec, DbTime(3ns)},
      ChangeSchedule{schedule_id_of(1), ScheduleState::deleted},
      Fire{schedule_id_of(1), ~std::uint64_t{0}, {DbTime(-1ns), DbTime(4ns)}, DbTime(5ns)}};
}

WriteSet new_run(std::uint64_t n, std::uint32_t jobs) {
  WriteSet writes;
  Run run;
  run.id = run_id(n);
  run.open_jobs = jobs;
  run.spec = chain_spec(jobs);
  for (std::uint32_t j = 0; j < jobs; ++j) {
    Attempt attempt;
    attempt.id = attempt_id(n * 10 + j);
    attempt.run = run.id;
    attempt.job = j;
    attempt.number = 1;
    if (j == 0) attempt.state = AttemptState::queued;
    writes.attempts.push_back({attempt, std::nullopt});
    Job job;
    job.run = run.id;
    job.index = j;
    job.attempts = 1;
    job.current = attempt.id;
    writes.jobs.push_back({job, true});
  }
  writes.runs.push_back({run, std::nullopt});
  return writes;
}

WriteSet written(AttemptWrite write) {
  WriteSet writes;
  writes.attempts.push_back(std::move(write));
  return writes;
}
WriteSet written(RunWrite write) {
  WriteSet writes;
  writes.runs.push_back(std::move(write));
  return writes;
}
WriteSet written(ScheduleWrite write) {
  WriteSet writes;
  writes.schedules.push_back(std::move(write));
  return writes;
}
WriteSet answered(std::uint64_t operation, std::uint64_t digest, const std::string& detail) {
  StoredReply reply;
  reply.detail = detail;
  WriteSet writes;
  writes.operations.push_back({{operation_id(operation), digest}, reply});
  return writes;
}

OpenRequest lock_run(std::uint64_t n, Scope scope, OnLocked on_locked) {
  OpenRequest request;
  request.runs.push_back({run_id(n), scope, 0});
  request.on_locked = on_locked;
  return request;
}
OpenRequest lock_attempt(std::uint64_t n) {
  OpenRequest request;
  request.attempts.push_back(attempt_id(n));
  return request;
}
OpenRequest lock_schedule(std::uint64_t n, OnLocked on_locked) {
  OpenRequest request;
  request.schedules.push_back(schedule_id_of(n));
  request.on_locked = on_locked;
  return request;
}
OpenRequest insert_operation(std::uint64_t n, std::uint64_t digest) {
  OpenRequest request;
  request.operations.push_back({operation_id(n), digest});
  return request;
}
OpenRequest lock_control(OnLocked on_locked) {
  OpenRequest request;
  request.control = true;
  request.on_locked = on_locked;
  return request;
}

}  // namespace delta
