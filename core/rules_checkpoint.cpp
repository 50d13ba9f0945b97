// The checkpoints of a job of several steps.
#include "core/rules.h"

namespace delta::rules {

Decision apply(Draft& draft, const SaveCheckpoint& m) {
  const AttemptId id = m.lease.ref.attempt;
  const Attempt* found = draft.attempt(id);
  if (const auto refused = fence(found, m.lease, draft.context())) return draft.refuse(*refused);
  const AttemptState state = found->state;
  // Its own report of running may still be on its way.
  if (state < AttemptState::starting || state > AttemptState::uploading) {
    return draft.refuse(Reason::wrong_state);
  }
  if (!is_sound(m.checkpoint, found->job_spec())) return draft.refuse(Reason::malformed);
  Job job = *draft.job(found->run, found->job);
  // The first write of a step wins, and what is done is not taken back by a message that was late.
  if (m.checkpoint.steps <= job.checkpoint.steps) return draft.refuse(Reason::already_done);
  job.checkpoint = m.checkpoint;
  draft.put(std::move(job));
  Attempt attempt = *found;
  attempt.expires_at = renewed_end(attempt, draft.context());
  draft.put(std::move(attempt));
  draft.record(id, state, std::nullopt);
  return draft.take();
}

}  // namespace delta::rules
