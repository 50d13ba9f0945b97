// What operators do to the queue and to the control row.
#include <algorithm>

#include "core/rules.h"

namespace delta::rules {

Decision apply(Draft& draft, const Reenqueue& m) {
  const Attempt* found = draft.attempt(m.attempt);
  if (found == nullptr) return draft.refuse(Reason::not_found);
  if (found->state != AttemptState::queued) return draft.refuse(Reason::not_available);
  draft.dispatch(m.attempt, std::max(draft.context().now, found->available_at));
  draft.record(m.attempt, AttemptState::queued, std::nullopt);
  return draft.take();
}

Decision apply(Draft& draft, const SetPolicy& m) {
  if (!problems(m.change, draft.settings()).empty()) return draft.refuse(Reason::unsound);
  Control control = *draft.control();
  control.policy = changed(control.policy, m.change, draft.context().now);
  draft.record(std::move(control));
  return draft.take();
}

Decision apply(Draft& draft, const RaiseGeneration& m) {
  Control control = *draft.control();
  control.generation = std::max(control.generation, m.above) + 1;
  draft.record(std::move(control));
  return draft.take();
}

}  // namespace delta::rules
