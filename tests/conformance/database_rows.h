// Rows for tests of the Database port, in every state and with a value in every field.
#pragma once

#include <string>

#include "core/ports/database.h"

namespace delta {

inline RunId run_id(std::uint64_t n) { return {1, n}; }
inline AttemptId attempt_id(std::uint64_t n) { return {2, n}; }
inline std::string schedule_name(std::uint64_t n) { return "schedule-" + std::to_string(n); }
inline ScheduleId schedule_id_of(std::uint64_t n) { return schedule_id(schedule_name(n)); }
inline OperationId operation_id(std::uint64_t n) { return {3, n}; }
inline RunnerId runner_id(std::uint64_t n) { return {4, n}; }

/// A chain of `jobs` jobs.
SharedSpec chain_spec(std::uint32_t jobs, const std::string& name = "chain");
/// Bytes that are different from those of any other seed.
Digest digest_of(std::uint64_t seed);

/// A row whose every field differs from its default and from those of another seed.
Run full_run(std::uint64_t n, SharedSpec spec);
Job full_job(RunId run, std::uint32_t index, AttemptId current);
Attempt full_attempt(std::uint64_t n, RunId run, std::uint32_t job, AttemptState state);
Schedule full_schedule(std::uint64_t n, ScheduleState state);
Control full_control(std::uint64_t seed);
/// Number `number` in the chain of the run or, when it is not nil, of the attempt.
AuditEvent full_event(RunId run, AttemptId attempt, std::uint32_t number, Message message);
/// One of each kind.
std::vector<Message> all_messages();

/// Inserts of run `n`: attempt n * 10 + j is the current one of job j; the first is queued.
WriteSet new_run(std::uint64_t n, std::uint32_t jobs = 1);

inline RunWrite update(const Run& before, Run row) { return {std::move(row), before.state}; }
inline ScheduleWrite update(const Schedule& before, Schedule row) {
  return {std::move(row), before.audit.length};
}
inline AttemptWrite update(const Attempt& before, Attempt row) {
  return {std::move(row),
          AttemptFence{before.state, before.epoch, before.token_hash, before.generation}};
}
/// The first of them.
WriteSet written(AttemptWrite write);
WriteSet written(RunWrite write);
WriteSet written(ScheduleWrite write);
WriteSet answered(std::uint64_t operation, std::uint64_t digest, const std::string& detail);

OpenRequest lock_run(std::uint64_t n, Scope scope, OnLocked on_locked = OnLocked::wait);
OpenRequest lock_attempt(std::uint64_t n);
OpenRequest lock_schedule(std::uint64_t n, OnLocked on_locked = OnLocked::wait);
OpenRequest insert_operation(std::uint64_t n, std::uint64_t digest = 0);
OpenRequest lock_control(OnLocked on_locked = OnLocked::wait);

}  // namespace delta
