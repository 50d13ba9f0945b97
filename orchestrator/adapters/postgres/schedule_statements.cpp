// Statements about schedules. The update's predicate is the length of the row's chain, which every
// change of it moves.
#include "orchestrator/adapters/postgres/statements.h"

namespace delta::postgres {

const char* schedule_preparations() {
  return R"sql(
PREPARE lock_schedules(uuid[]) AS
  SELECT id, state, created_at, next_fire, last_fire, fires, skipped, audit_length, audit_digest,
    spec FROM schedule WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE;
PREPARE lock_schedules_skip(uuid[]) AS
  SELECT id, state, created_at, next_fire, last_fire, fires, skipped, audit_length, audit_digest,
    spec FROM schedule WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED;
PREPARE insert_schedules(uuid[], smallint[], bigint[], bigint[], bigint[], bigint[], bigint[],
    integer[], bytea[], text[], text[]) AS
  INSERT INTO schedule (id, state, created_at, next_fire, last_fire, fires, skipped, audit_length,
    audit_digest, spec, name)
  SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ORDER BY 1;
PREPARE update_schedules(uuid[], smallint[], bigint[], bigint[], bigint[], bigint[], bigint[],
    integer[], bytea[], text[], text[], integer[], bigint) AS
  WITH changed AS (
    UPDATE schedule SET state = given.state, created_at = given.created_at,
      next_fire = given.next_fire, last_fire = given.last_fire, fires = given.fires,
      skipped = given.skipped, audit_length = given.audit_length,
      audit_digest = given.audit_digest, spec = given.spec
    FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) AS given (id, state,
      created_at, next_fire, last_fire, fires, skipped, audit_length, audit_digest, spec, name,
      expected)
    WHERE schedule.id = given.id AND schedule.audit_length = given.expected RETURNING 1)
  SELECT must_be(count(*), $13, 'schedule') FROM changed;
PREPARE find_schedule(uuid) AS
  WITH present AS MATERIALIZED (SELECT now_ns() AS now)
  SELECT now, id, state, created_at, next_fire, last_fire, fires, skipped, spec
  FROM present LEFT JOIN schedule ON id = $1;
PREPARE find_schedules(text[], bigint) AS
  WITH present AS MATERIALIZED (SELECT now_ns() AS now),
    page AS MATERIALIZED (
      SELECT * FROM schedule WHERE name COLLATE "C" > ($1)[1] AND state <> 3
      ORDER BY name COLLATE "C" LIMIT $2)
  SELECT now, id, state, created_at, next_fire, last_fire, fires, skipped, spec
  FROM present LEFT JOIN page ON true ORDER BY name COLLATE "C";
PREPARE find_due_schedules(bigint) AS
  WITH present AS MATERIALIZED (SELECT now_ns() AS now),
    due AS MATERIALIZED (
      SELECT schedule.* FROM schedule, present WHERE state = 0 AND next_fire <= now
      ORDER BY next_fire, id LIMIT $1)
  SELECT now, id, state, created_at, next_fire, last_fire, fires, skipped, spec
  FROM present LEFT JOIN due ON true ORDER BY next_fire, id;
)sql";
}

}  // namespace delta::postgres
