-- The checkpoints of jobs of several steps: the last one that was accepted, and what a try goes on
-- from. The latter is written with the attempt and never again, since heartbeats write that row.
ALTER TABLE job ADD COLUMN checkpoint_steps integer NOT NULL DEFAULT 0
  CHECK (checkpoint_steps >= 0);
ALTER TABLE job ADD COLUMN checkpoint_state text NOT NULL DEFAULT '';
ALTER TABLE attempt ADD COLUMN resume_steps integer NOT NULL DEFAULT 0 CHECK (resume_steps >= 0);
ALTER TABLE attempt ADD COLUMN resume_state text NOT NULL DEFAULT '';
