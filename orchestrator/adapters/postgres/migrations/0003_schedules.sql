-- Schedules, and the runs that they make. The defaults are for programs that do not know of them:
-- they go on until they are restarted, one by one. The nil id stands for no schedule.
CREATE TABLE schedule (
  id           uuid PRIMARY KEY,      -- made of the name
  name         text COLLATE "C" NOT NULL UNIQUE,
  state        smallint NOT NULL CHECK (state BETWEEN 0 AND 3),
  created_at   bigint NOT NULL,
  next_fire    bigint NOT NULL,
  last_fire    bigint NOT NULL,
  fires        bigint NOT NULL CHECK (fires >= 0),
  skipped      bigint NOT NULL CHECK (skipped >= 0),
  audit_length integer NOT NULL,
  audit_digest bytea NOT NULL CHECK (length(audit_digest) = 32),
  spec         text NOT NULL,         -- JSON: the expression, the policy, the run
  CONSTRAINT schedule_active_fires CHECK ((state = 0) = (next_fire <> 9223372036854775807))
) WITH (fillfactor = 60);

CREATE INDEX schedule_next ON schedule (next_fire, id) WHERE state = 0;

ALTER TABLE run
  ADD COLUMN schedule uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  ADD COLUMN fire_at bigint NOT NULL DEFAULT 9223372036854775807;
CREATE UNIQUE INDEX run_fires_once ON run (schedule, fire_at)
  WHERE schedule <> '00000000-0000-0000-0000-000000000000';

ALTER TABLE audit
  ADD COLUMN schedule uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000';
ALTER TABLE audit DROP CONSTRAINT audit_run_id_attempt_id_number_key;
ALTER TABLE audit ADD UNIQUE (run_id, attempt_id, schedule, number);

-- For people.
CREATE VIEW schedules AS SELECT name,
  (ARRAY['active', 'paused', 'ended', 'deleted'])[state + 1] AS state,
  spec::json ->> 'kind' AS kind, spec::json ->> 'expression' AS expression,
  coalesce(spec::json ->> 'zone', 'UTC') AS zone, at_time(next_fire) AS next_fire, fires, skipped,
  at_time(created_at) AS created_at FROM schedule;

CREATE OR REPLACE VIEW runs AS SELECT id,
  (ARRAY['queued', 'running', 'cancel_requested', 'succeeded', 'failed', 'timed_out',
         'cancelled'])[state + 1] AS state,
  open_jobs, at_time(submitted_at) AS submitted_at, at_time(finished_at) AS finished_at,
  at_time(deadline) AS deadline,
  (SELECT name FROM schedule WHERE schedule.id = run.schedule) AS schedule,
  at_time(fire_at) AS fire_at FROM run;

CREATE OR REPLACE VIEW audit_log AS SELECT serial, run_id, attempt_id, number,
  event::json -> 'message' ->> 'kind' AS message, accepted,
  at_time((event::json -> 'context' ->> 'now')::bigint) AS at,
  event::json -> 'actor' ->> 'kind' AS actor, event::json -> 'message' AS what, schedule
  FROM audit;
