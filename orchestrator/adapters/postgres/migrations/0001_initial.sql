-- The tables of Delta CI. Times are nanoseconds since 1970 by this server's clock, 2^63 - 1 is
-- "never"; states are numbers in the order of core/states.h. The views at the end are for people.
--
-- Rows that change often are narrow, and what changes at a heartbeat is in no index, so that its
-- update touches no index either (HOT).

CREATE FUNCTION now_ns() RETURNS bigint LANGUAGE sql VOLATILE AS
$$ SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint * 1000 $$;

-- Fails the transaction when a statement changed more or fewer rows than its predicates promised.
CREATE FUNCTION must_be(changed bigint, wanted bigint, what text) RETURNS void LANGUAGE plpgsql AS
$$
BEGIN
  IF changed <> wanted THEN
    RAISE EXCEPTION 'the predicate matches no row: % of % rows of %', changed, wanted, what
      USING ERRCODE = 'DL001';
  END IF;
END
$$;

CREATE TABLE run (
  id               uuid PRIMARY KEY,
  state            smallint NOT NULL CHECK (state BETWEEN 0 AND 6),
  was              smallint NOT NULL,  -- the state before the last change of it
  open_jobs        integer NOT NULL CHECK (open_jobs >= 0),
  required_failed    integer NOT NULL,
  required_timed_out integer NOT NULL,
  required_skipped   integer NOT NULL,
  submitted_at     bigint NOT NULL,
  finished_at      bigint NOT NULL,
  deadline         bigint NOT NULL,
  audit_length     integer NOT NULL,
  audit_digest     bytea NOT NULL CHECK (length(audit_digest) = 32),
  spec             text NOT NULL,
  CONSTRAINT run_terminal_is_finished
    CHECK ((state >= 3) = (finished_at <> 9223372036854775807)),
  CONSTRAINT run_transition CHECK (was = state OR was * 100 + state IN (
    1, 2, 3, 4, 5, 6, 102, 103, 104, 105, 106, 206))
) WITH (fillfactor = 60);

CREATE INDEX run_newest ON run (submitted_at, id);
CREATE INDEX run_deadline ON run (deadline, id)
  WHERE finished_at = 9223372036854775807 AND deadline <> 9223372036854775807;

CREATE TABLE job (
  run_id      uuid NOT NULL,
  index       integer NOT NULL,
  state       smallint NOT NULL CHECK (state BETWEEN 0 AND 5),
  unmet       integer NOT NULL CHECK (unmet >= 0),
  attempts    integer NOT NULL CHECK (attempts > 0),
  failures    integer NOT NULL,
  losses      integer NOT NULL,
  current     uuid NOT NULL,
  descendants integer[] NOT NULL,  -- of the specification: all jobs after this one
  PRIMARY KEY (run_id, index)
) WITH (fillfactor = 60);

CREATE TABLE attempt (
  id              uuid PRIMARY KEY,
  run_id          uuid NOT NULL,
  job             integer NOT NULL,
  number          integer NOT NULL CHECK (number > 0),
  state           smallint NOT NULL CHECK (state BETWEEN 0 AND 12),
  was             smallint NOT NULL,
  -- 0 waiting, 1 queued, 2 held by a runner, 3 over: what the indexes are about
  phase           smallint NOT NULL GENERATED ALWAYS AS (
    CASE WHEN state < 2 THEN state WHEN state < 7 THEN 2 ELSE 3 END) STORED,
  lease_end       smallint NOT NULL CHECK (lease_end BETWEEN 0 AND 4),
  epoch           integer NOT NULL CHECK (epoch >= 0),
  generation      bigint NOT NULL,
  token_hash      uuid NOT NULL,
  runner          uuid NOT NULL,
  available_at    bigint NOT NULL,
  queue_deadline  bigint NOT NULL,
  expires_at      bigint NOT NULL,
  deadline        bigint NOT NULL,
  cancel_deadline bigint NOT NULL,
  audit_length    integer NOT NULL,
  audit_digest    bytea NOT NULL CHECK (length(audit_digest) = 32),
  CONSTRAINT attempt_transition CHECK (was = state OR was * 100 + state IN (
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
    102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112,
    203, 204, 205, 206, 207, 208, 209, 210, 211,
    304, 305, 306, 307, 308, 309, 310, 311,
    405, 406, 407, 408, 409, 410, 411,
    506, 507, 508, 509, 510, 511,
    611))
) WITH (fillfactor = 50);

CREATE INDEX attempt_queued ON attempt (available_at, id) WHERE phase = 1;
CREATE INDEX attempt_impatient ON attempt (queue_deadline, id)
  WHERE phase = 1 AND queue_deadline <> 9223372036854775807;
CREATE INDEX attempt_held ON attempt (runner, id) WHERE phase = 2;

-- Replies by the client's idempotency key. Inserted first in a transaction, without a reply, so
-- that a second one with the same key waits for the first.
CREATE TABLE operation (
  id        uuid PRIMARY KEY,
  digest    bigint NOT NULL,
  reply     text,
  stored_at bigint NOT NULL
) WITH (fillfactor = 50);
CREATE INDEX operation_age ON operation USING brin (stored_at);

CREATE TABLE outbox (
  serial  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  attempt uuid NOT NULL,
  due     bigint NOT NULL
);

CREATE TABLE audit (
  serial     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id     uuid NOT NULL,     -- nil: an event about the control row
  attempt_id uuid NOT NULL,     -- nil: an event in the run's own chain
  number     integer NOT NULL,  -- 1, 2, ... in its chain
  kind       smallint NOT NULL,
  accepted   boolean NOT NULL,  -- false: a late message is on record, nothing changed
  event      text NOT NULL,     -- who, what, when, why: JSON
  previous   bytea NOT NULL CHECK (length(previous) = 32),
  digest     bytea NOT NULL CHECK (length(digest) = 32),
  UNIQUE (run_id, attempt_id, number)
);

-- The one row that all orchestrators share.
CREATE TABLE control (
  one              boolean PRIMARY KEY DEFAULT true CHECK (one),
  generation       bigint NOT NULL,
  last_sweep       bigint NOT NULL,
  grace_until      bigint NOT NULL,
  grace_available  boolean NOT NULL,
  policy_version   bigint NOT NULL,
  ingesting        boolean NOT NULL,
  lease_ttl        bigint NOT NULL,
  lease_ttl_until  bigint NOT NULL,
  former_ttl       bigint NOT NULL,
  former_until     bigint NOT NULL,
  most_leases      bigint NOT NULL,
  submissions      bigint NOT NULL,
  audit_length     integer NOT NULL,
  audit_digest     bytea NOT NULL CHECK (length(audit_digest) = 32)
) WITH (fillfactor = 50);
INSERT INTO control VALUES
  (true, 1, 0, 0, true, 0, true, 0, 0, 0, 0, 0, 0, 0, decode(repeat('00', 32), 'hex'));

-- For people.
CREATE FUNCTION at_time(ns bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN ns <> 9223372036854775807 THEN to_timestamp(ns / 1000000000.0) END $$;

CREATE VIEW runs AS SELECT id,
  (ARRAY['queued', 'running', 'cancel_requested', 'succeeded', 'failed', 'timed_out',
         'cancelled'])[state + 1] AS state,
  open_jobs, at_time(submitted_at) AS submitted_at, at_time(finished_at) AS finished_at,
  at_time(deadline) AS deadline FROM run;

CREATE VIEW attempts AS SELECT id, run_id, job, number,
  (ARRAY['waiting', 'queued', 'leased', 'starting', 'running', 'uploading', 'cancel_requested',
         'succeeded', 'failed', 'timed_out', 'lost', 'cancelled', 'skipped'])[state + 1] AS state,
  runner, epoch, generation, at_time(available_at) AS available_at,
  at_time(expires_at) AS expires_at, at_time(deadline) AS deadline FROM attempt;

CREATE VIEW audit_log AS SELECT serial, run_id, attempt_id, number,
  event::json -> 'message' ->> 'kind' AS message, accepted,
  at_time((event::json -> 'context' ->> 'now')::bigint) AS at,
  event::json -> 'actor' ->> 'kind' AS actor, event::json -> 'message' AS what FROM audit;
