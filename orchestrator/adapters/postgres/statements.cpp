// Each is set-based: its arguments are arrays, a column each. Rows are locked in the order of their
// ids. FOR NO KEY UPDATE is what an UPDATE takes that changes no key.
//
// What skips locked rows names the rows above again, locked or skipped in the same way: a statement
// cannot know what the one before it had to skip.
#include "orchestrator/adapters/postgres/statements.h"

namespace delta::postgres {

namespace {

constexpr const char* kOperations = R"sql(
PREPARE open_operations(uuid[], bigint[]) AS
  INSERT INTO operation (id, digest, stored_at)
  SELECT id, digest, (SELECT now_ns()) FROM unnest($1, $2) AS given (id, digest) ORDER BY id
  ON CONFLICT DO NOTHING;
PREPARE read_operations(uuid[]) AS
  SELECT id, digest, reply, stored_at FROM operation WHERE id = ANY ($1) AND reply IS NOT NULL
  ORDER BY id;
PREPARE put_operations(uuid[], text[], bigint) AS
  WITH changed AS (
    UPDATE operation SET reply = given.reply
    FROM unnest($1, $2) AS given (id, reply)
    WHERE operation.id = given.id AND operation.reply IS NULL RETURNING 1)
  SELECT must_be(count(*), $3, 'operation') FROM changed;
PREPARE withdraw_operations(uuid[]) AS
  DELETE FROM operation WHERE id = ANY ($1) AND reply IS NULL;
PREPARE purge_operations(bigint, bigint) AS
  DELETE FROM operation WHERE id IN (
    SELECT id FROM operation WHERE stored_at <= (SELECT now_ns() - $1) AND reply IS NOT NULL
    ORDER BY stored_at, id LIMIT $2);
)sql";

constexpr const char* kRunFields =
    "id, state, open_jobs, required_failed, required_timed_out, required_skipped, submitted_at, "
    "finished_at, deadline, schedule, fire_at, audit_length, audit_digest";
constexpr const char* kJobFields =
    "job.run_id, job.index, state, unmet, attempts, failures, losses, current, "
    "checkpoint_steps, checkpoint_state";
constexpr const char* kAttemptFields =
    "id, run_id, job, number, state, lease_end, epoch, generation, token_hash, runner, "
    "available_at, leased_at, queue_deadline, expires_at, deadline, cancel_deadline, "
    "audit_length, audit_digest";
/// What is written with an attempt and never changes; behind the others.
constexpr const char* kResumeFields = "resume_steps, resume_state";

std::string all_attempt_fields() {
  std::string fields(kAttemptFields);
  fields += ", ";
  fields += kResumeFields;
  return fields;
}

/// The jobs that are wanted: of $1 and $2 with their descendants, and all of the runs $3.
std::string wanted_jobs(bool skip) {
  std::string text;
  if (skip) {
    text =
        "held AS MATERIALIZED (SELECT id FROM run WHERE id = ANY ($1 || $3) ORDER BY id "
        "FOR NO KEY UPDATE SKIP LOCKED), ";
  }
  text +=
      "wanted AS MATERIALIZED ("
      "SELECT job.run_id, unnest(job.descendants || job.index) AS index "
      "FROM unnest($1, $2) AS given (run_id, index) JOIN job USING (run_id, index) "
      "UNION SELECT run_id, index FROM job WHERE run_id = ANY ($3))";
  return text;
}

std::string lock_statements(bool skip) {
  const std::string suffix = skip ? "_skip" : "";
  const std::string skipping = skip ? " SKIP LOCKED" : "";
  const std::string of_held = skip ? " WHERE job.run_id IN (SELECT id FROM held)" : "";
  std::string text;
  text += "PREPARE lock_runs" + suffix + "(uuid[]) AS SELECT " + kRunFields +
          " FROM run WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE" + skipping + ";\n";
  text += "PREPARE lock_jobs" + suffix + "(uuid[], integer[], uuid[]) AS WITH " +
          wanted_jobs(skip) + " SELECT " + kJobFields +
          " FROM job JOIN wanted USING (run_id, index)" + of_held +
          " ORDER BY job.run_id, job.index FOR NO KEY UPDATE OF job" + skipping + ";\n";
  const std::string attempt_fields = all_attempt_fields();
  text += "PREPARE lock_attempts" + suffix + "(uuid[]) AS SELECT " + attempt_fields +
          " FROM attempt WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE" + skipping + ";\n";
  const std::string jobs = skip ? "SELECT job.current FROM job JOIN wanted USING (run_id, index)" +
                                      of_held + " FOR NO KEY UPDATE OF job SKIP LOCKED"
                                : "SELECT job.current FROM job JOIN wanted USING (run_id, index)";
  text += "PREPARE lock_current" + suffix + "(uuid[], integer[], uuid[], uuid[]) AS WITH " +
          wanted_jobs(skip) + ", currents AS MATERIALIZED (" + jobs +
          "), targets AS MATERIALIZED (" +
          "SELECT unnest($4) AS id UNION SELECT current FROM currents) SELECT " + attempt_fields +
          " FROM attempt WHERE id IN (SELECT id FROM targets) ORDER BY id FOR NO KEY UPDATE" +
          skipping + ";\n";
  text += "PREPARE lock_control" + suffix + " AS SELECT 1 FROM control FOR NO KEY UPDATE" +
          skipping + ";\n";
  return text;
}

constexpr const char* kReads = R"sql(
PREPARE read_specs(uuid[]) AS SELECT id, spec FROM run WHERE id = ANY ($1);
PREPARE read_control AS
  SELECT generation, last_sweep, grace_until, grace_available, policy_version, ingesting,
    lease_ttl, lease_ttl_until, former_ttl, former_until, most_leases, submissions,
    audit_length, audit_digest, now_ns() FROM control;
)sql";

constexpr const char* kWrites = R"sql(
PREPARE insert_runs(uuid[], smallint[], integer[], integer[], integer[], integer[], bigint[],
    bigint[], bigint[], uuid[], bigint[], integer[], bytea[], text[]) AS
  INSERT INTO run (id, state, was, open_jobs, required_failed, required_timed_out,
    required_skipped, submitted_at, finished_at, deadline, schedule, fire_at, audit_length,
    audit_digest, spec)
  SELECT id, state, state, open_jobs, failed, timed_out, skipped, submitted_at, finished_at,
    deadline, schedule, fire_at, audit_length, audit_digest, spec
  FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) AS given (id, state,
    open_jobs, failed, timed_out, skipped, submitted_at, finished_at, deadline, schedule, fire_at,
    audit_length, audit_digest, spec) ORDER BY id;
PREPARE update_runs(uuid[], smallint[], integer[], integer[], integer[], integer[], bigint[],
    bigint[], bigint[], uuid[], bigint[], integer[], bytea[], smallint[], bigint) AS
  WITH changed AS (
    UPDATE run SET state = given.state, was = given.expected, open_jobs = given.open_jobs,
      required_failed = given.failed, required_timed_out = given.timed_out,
      required_skipped = given.skipped, finished_at = given.finished_at,
      audit_length = given.audit_length, audit_digest = given.audit_digest
    FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) AS given (id, state,
      open_jobs, failed, timed_out, skipped, submitted_at, finished_at, deadline, schedule,
      fire_at, audit_length, audit_digest, expected)
    WHERE run.id = given.id AND run.state = given.expected RETURNING 1)
  SELECT must_be(count(*), $15, 'run') FROM changed;
PREPARE insert_jobs(uuid[], integer[], smallint[], integer[], integer[], integer[], integer[],
    uuid[], integer[], text[], text[], bigint) AS
  WITH made AS (
    INSERT INTO job (run_id, index, state, unmet, attempts, failures, losses, current,
      checkpoint_steps, checkpoint_state, descendants)
    SELECT given.run_id, index, given.state, unmet, attempts, failures, losses, current,
      checkpoint_steps, checkpoint_state, descendants::integer[]
    FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) AS given (run_id, index, state, unmet,
      attempts, failures, losses, current, checkpoint_steps, checkpoint_state, descendants)
    JOIN run ON run.id = given.run_id ORDER BY given.run_id, index RETURNING 1)
  SELECT must_be(count(*), $12, 'job: no such run') FROM made;
PREPARE update_jobs(uuid[], integer[], smallint[], integer[], integer[], integer[], integer[],
    uuid[], integer[], text[], bigint) AS
  WITH changed AS (
    UPDATE job SET state = given.state, unmet = given.unmet, attempts = given.attempts,
      failures = given.failures, losses = given.losses, current = given.current,
      checkpoint_steps = given.checkpoint_steps, checkpoint_state = given.checkpoint_state
    FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) AS given (run_id, index, state, unmet,
      attempts, failures, losses, current, checkpoint_steps, checkpoint_state)
    WHERE job.run_id = given.run_id AND job.index = given.index RETURNING 1)
  SELECT must_be(count(*), $11, 'job') FROM changed;
)sql";

constexpr const char* kAttemptTypes =
    "uuid[], uuid[], integer[], integer[], smallint[], smallint[], integer[], bigint[], uuid[], "
    "uuid[], bigint[], bigint[], bigint[], bigint[], bigint[], bigint[], integer[], bytea[]";

std::string attempt_statements() {
  const std::string types = kAttemptTypes;
  const std::string fields = kAttemptFields;
  const std::string given =
      "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18";
  const std::string all_fields = all_attempt_fields();
  return "PREPARE insert_attempts(" + types +
         ", integer[], text[], bigint) AS WITH made AS (INSERT INTO attempt (was, " + all_fields +
         ") SELECT given.state, given.* FROM unnest(" + given + ", $19, $20) AS given (" +
         all_fields +
         ") JOIN run ON run.id = given.run_id ORDER BY given.id RETURNING 1) "
         "SELECT must_be(count(*), $21, 'attempt: no such run') FROM made;\n"
         "PREPARE update_attempts(" +
         types +
         ", smallint[], integer[], uuid[], bigint[], bigint) AS WITH changed AS (UPDATE attempt "
         "SET "
         "state = given.state, was = given.old_state, lease_end = given.lease_end, "
         "epoch = given.epoch, generation = given.generation, token_hash = given.token_hash, "
         "runner = given.runner, available_at = given.available_at, "
         "leased_at = given.leased_at, queue_deadline = given.queue_deadline, "
         "expires_at = given.expires_at, deadline = given.deadline, cancel_deadline = "
         "given.cancel_deadline, "
         "audit_length = given.audit_length, audit_digest = given.audit_digest FROM unnest(" +
         given + ", $19, $20, $21, $22) AS given (" + fields +
         ", old_state, old_epoch, old_token_hash, old_generation) WHERE attempt.id = given.id "
         "AND attempt.state = given.old_state AND attempt.epoch = given.old_epoch "
         "AND attempt.token_hash = given.old_token_hash "
         "AND attempt.generation = given.old_generation RETURNING 1) "
         "SELECT must_be(count(*), $23, 'attempt') FROM changed;\n";
}

constexpr const char* kLogs = R"sql(
PREPARE append_audit(uuid[], uuid[], uuid[], integer[], smallint[], boolean[], text[], bytea[],
    bytea[]) AS
  INSERT INTO audit (run_id, attempt_id, schedule, number, kind, accepted, event, previous, digest)
  SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9);
PREPARE put_outbox(uuid[], bigint[]) AS
  INSERT INTO outbox (attempt, due) SELECT * FROM unnest($1, $2) RETURNING serial;
PREPARE delete_outbox(bigint[]) AS DELETE FROM outbox WHERE serial = ANY ($1);
PREPARE put_control(bigint[], bigint[], bigint[], boolean[], bigint[], boolean[], bigint[],
    bigint[], bigint[], bigint[], bigint[], bigint[], integer[], bytea[]) AS
  UPDATE control SET generation = given.generation, last_sweep = given.last_sweep,
    grace_until = given.grace_until, grace_available = given.grace_available,
    policy_version = given.version, ingesting = given.ingesting, lease_ttl = given.ttl,
    lease_ttl_until = given.ttl_until, former_ttl = given.former, former_until = given.until,
    most_leases = given.leases, submissions = given.submissions,
    audit_length = given.audit_length, audit_digest = given.audit_digest
  FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) AS given (generation,
    last_sweep, grace_until, grace_available, version, ingesting, ttl, ttl_until, former, until,
    leases, submissions, audit_length, audit_digest);
)sql";

// Numbers of states and kinds: core/states.h and DueKind of core/ports/database.h.
constexpr const char* kFinds = R"sql(
PREPARE find_due(bigint) AS
  WITH present AS MATERIALIZED (SELECT now_ns() AS now, grace_until, generation FROM control)
  SELECT kind, run_id, job, id FROM (
    SELECT 0 AS kind, run_id, job, id FROM attempt, present
      WHERE phase = 2 AND greatest(expires_at, grace_until) <= now
    UNION ALL SELECT 1, run_id, job, id FROM attempt, present
      WHERE phase = 2 AND state = 6 AND cancel_deadline <= now
    UNION ALL SELECT 2, run_id, job, id FROM attempt, present
      WHERE phase = 2 AND state <> 6 AND deadline <= now
    UNION ALL SELECT 2, run_id, job, id FROM attempt, present
      WHERE phase = 1 AND queue_deadline <> 9223372036854775807 AND queue_deadline <= now
    UNION ALL SELECT 3, run.id, 0, '00000000-0000-0000-0000-000000000000' FROM run, present
      WHERE finished_at = 9223372036854775807 AND deadline <> 9223372036854775807
        AND deadline <= now
    UNION ALL SELECT 4, run_id, job, id FROM attempt, present
      WHERE phase = 2 AND attempt.generation < present.generation) AS due
  ORDER BY kind, id, run_id LIMIT $1;
PREPARE find_queued(bigint, bigint) AS
  SELECT id FROM attempt WHERE phase = 1 AND available_at <= (SELECT now_ns() - $1)
  ORDER BY available_at, id LIMIT $2;
PREPARE find_forgotten(bigint, bigint) AS
  SELECT id FROM (
    SELECT id FROM attempt WHERE phase = 1 AND available_at <= (SELECT now_ns() - $1)
    ORDER BY available_at, id LIMIT $2) AS forgotten
  ORDER BY id;
PREPARE find_outbox(bigint, bigint) AS
  SELECT serial, attempt, due FROM outbox WHERE due <= (SELECT now_ns() - $1)
  ORDER BY serial LIMIT $2;
PREPARE find_live(bigint) AS
  SELECT run_id, job, id FROM (
    SELECT run_id, job, id FROM attempt WHERE phase = 2 ORDER BY runner, id LIMIT $1) AS held
  ORDER BY id;
PREPARE find_held(uuid, bigint) AS
  SELECT run_id, job, id FROM attempt WHERE phase = 2 AND runner = $1 ORDER BY id LIMIT $2;
PREPARE find_run(uuid, uuid) AS
  SELECT run.state, submitted_at, finished_at, CASE WHEN job.index = 0 THEN spec END, job.state,
    coalesce(shown.state, 0), coalesce(shown.id, job.current), job.attempts, job.checkpoint_steps,
    shown.token_hash, run.schedule, run.fire_at
  FROM run JOIN job ON job.run_id = run.id
    LEFT JOIN attempt AS asked
      ON asked.id = $2 AND asked.run_id = run.id AND asked.job = job.index
    LEFT JOIN attempt AS shown ON shown.id = coalesce(asked.id, job.current)
  WHERE run.id = $1 ORDER BY job.index;
PREPARE find_runs(bigint) AS
  SELECT id, state, submitted_at, finished_at, spec FROM run
  ORDER BY submitted_at DESC, id DESC LIMIT $1;
PREPARE find_runs_after(uuid, bigint) AS
  SELECT id, state, submitted_at, finished_at, spec FROM run
  WHERE (submitted_at, id) < (SELECT submitted_at, id FROM run WHERE id = $1)
  ORDER BY submitted_at DESC, id DESC LIMIT $2;
PREPARE find_runs_in(smallint, bigint) AS
  SELECT id, state, submitted_at, finished_at, spec FROM run WHERE state = $1
  ORDER BY submitted_at DESC, id DESC LIMIT $2;
PREPARE find_runs_in_after(smallint, uuid, bigint) AS
  SELECT id, state, submitted_at, finished_at, spec FROM run
  WHERE state = $1 AND (submitted_at, id) < (SELECT submitted_at, id FROM run WHERE id = $2)
  ORDER BY submitted_at DESC, id DESC LIMIT $3;
PREPARE find_artifacts(uuid, smallint) AS
  SELECT event FROM audit WHERE run_id = $1 AND kind = $2 AND accepted ORDER BY serial;
PREPARE find_load AS
  WITH present AS MATERIALIZED (SELECT now_ns() AS now)
  SELECT queued.number, greatest(now - queued.since, 0), held.number, late.number,
    greatest(now - late.since, 0), greatest(now - oldest.since, 0), active.number,
    greatest(now - active.since, 0),
    standbys.behind
  FROM present,
    LATERAL (SELECT count(*) AS number, coalesce(min(available_at), now) AS since FROM attempt
             WHERE phase = 1 AND available_at <= now) AS queued,
    LATERAL (SELECT count(*) AS number FROM attempt WHERE phase = 2) AS held,
    -- By its index: the table is short, but may have been long.
    LATERAL (SELECT count(*) AS number, coalesce(min(due), now) AS since
             FROM (SELECT due FROM outbox ORDER BY serial) AS waiting WHERE due <= now) AS late,
    LATERAL (SELECT count(*) AS number, coalesce(min(next_fire), now) AS since FROM schedule
             WHERE state = 0) AS active,
    -- Who may not see the times of others sees those of its own role.
    LATERAL (SELECT coalesce((extract(epoch FROM min(xact_start)) * 1000000)::bigint * 1000, now)
               AS since FROM pg_stat_activity
             WHERE datid = (SELECT oid FROM pg_database WHERE datname = current_database())
               AND backend_type = 'client backend' AND pid <> pg_backend_pid()
               AND (backend_xid IS NOT NULL OR backend_xmin IS NOT NULL)) AS oldest,
    LATERAL (SELECT coalesce((extract(epoch FROM max(replay_lag)) * 1000000)::bigint * 1000, 0)
               AS behind FROM pg_stat_replication) AS standbys;
)sql";

/// At the semicolons that end a line.
std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> statements;
  std::size_t begin = 0;
  for (std::size_t end = text.find(";\n"); end != std::string::npos;
       end = text.find(";\n", begin)) {
    statements.push_back(text.substr(begin, end - begin));
    begin = end + 2;
  }
  return statements;
}

}  // namespace

const std::vector<std::string>& preparations() {
  static const std::vector<std::string> all =
      split(std::string(kOperations) + lock_statements(false) + lock_statements(true) + kReads +
            kWrites + attempt_statements() + kLogs + kFinds + schedule_preparations());
  return all;
}

}  // namespace delta::postgres
