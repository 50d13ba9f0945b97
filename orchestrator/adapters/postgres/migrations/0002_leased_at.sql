-- When an attempt was leased. The default is for programs that do not know of it: they go on until
-- they are restarted, one by one.
ALTER TABLE attempt ADD COLUMN leased_at bigint NOT NULL DEFAULT 9223372036854775807;

CREATE OR REPLACE VIEW attempts AS SELECT id, run_id, job, number,
  (ARRAY['waiting', 'queued', 'leased', 'starting', 'running', 'uploading', 'cancel_requested',
         'succeeded', 'failed', 'timed_out', 'lost', 'cancelled', 'skipped'])[state + 1] AS state,
  runner, epoch, generation, at_time(available_at) AS available_at,
  at_time(expires_at) AS expires_at, at_time(deadline) AS deadline,
  at_time(leased_at) AS leased_at FROM attempt;
