// Reads everything, for checkers and auditors.
#include <pqxx/connection>
#include <pqxx/transaction>

#include "orchestrator/adapters/postgres/fields.h"
#include "orchestrator/adapters/postgres/link.h"
#include "orchestrator/adapters/postgres/rows.h"
#include "orchestrator/adapters/postgres_database.h"
#include "platform/wire/codec.h"

namespace delta {

using namespace postgres;

namespace {

constexpr const char* kRuns =
    "SELECT id, state, open_jobs, required_failed, required_timed_out, required_skipped, "
    "submitted_at, finished_at, deadline, schedule, fire_at, audit_length, audit_digest, spec "
    "FROM run ORDER BY id";
constexpr const char* kJobs =
    "SELECT run_id, index, state, unmet, attempts, failures, losses, current, "
    "checkpoint_steps, checkpoint_state FROM job ORDER BY run_id, index";
constexpr const char* kAttempts =
    "SELECT id, run_id, job, number, state, lease_end, epoch, generation, token_hash, runner, "
    "available_at, leased_at, queue_deadline, expires_at, deadline, cancel_deadline, "
    "audit_length, audit_digest, resume_steps, resume_state FROM attempt ORDER BY id";
constexpr const char* kControl =
    "SELECT generation, last_sweep, grace_until, grace_available, policy_version, ingesting, "
    "lease_ttl, lease_ttl_until, former_ttl, former_until, most_leases, submissions, "
    "audit_length, audit_digest, now_ns() FROM control";
constexpr const char* kAudit =
    "SELECT serial, run_id, attempt_id, schedule, number, event, previous, digest FROM audit "
    "ORDER BY serial";
constexpr const char* kSchedules =
    "SELECT id, state, created_at, next_fire, last_fire, fires, skipped, audit_length, "
    "audit_digest, spec FROM schedule ORDER BY id";

}  // namespace

std::expected<DatabaseCopy, DbError> copy_database(const PostgresOptions& options) {
  try {
    pqxx::connection connection(full_url(options));
    pqxx::transaction<pqxx::repeatable_read, pqxx::read_only> moment(connection);
    moment.exec("SET LOCAL search_path = delta");
    DatabaseCopy copy;
    std::map<RunId, SharedSpec> specs;
    for (const auto& row : moment.exec(kRuns)) {
      Run& run = copy.rows.runs.emplace_back(read_run(row));
      auto spec = wire::decode_spec(row[row.size() - 1].c_str());
      if (!spec) throw std::runtime_error("run " + to_string(run.id) + ": " + spec.error());
      run.spec = specs[run.id] = *spec;
    }
    for (const auto& row : moment.exec(kJobs)) copy.rows.jobs.push_back(read_job(row));
    for (const auto& row : moment.exec(kAttempts)) {
      Attempt& attempt = copy.rows.attempts.emplace_back(read_attempt(row));
      attempt.spec = specs.at(attempt.run);
    }
    for (const auto& row : moment.exec(kSchedules)) {
      Schedule& schedule = copy.rows.schedules.emplace_back(read_schedule(row));
      if (schedule.spec == nullptr) {
        throw std::runtime_error("schedule " + to_string(schedule.id) + " cannot be read");
      }
    }
    DbTime now{};
    copy.rows.control = read_control(moment.exec(kControl).front(), now);
    for (const auto& row : moment.exec(kAudit)) copy.audit.push_back(read_event(row));
    return copy;
  } catch (const std::exception& error) {
    return std::unexpected(DbError{DbFailure::unavailable, first_line(error.what())});
  }
}

}  // namespace delta
