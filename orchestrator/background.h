// The transactions of background loops: what they find out of date when they hold it is refused,
// what others hold is left to them, and what fails is found again in the next round.
#pragma once

#include "orchestrator/committer.h"
#include "orchestrator/connection.h"
#include "orchestrator/context.h"

namespace delta {

struct BackgroundResult {
  bool all = true;           ///< every work was decided
  std::size_t accepted = 0;  ///< so many of them changed something
};

/// Decides the works in one transaction, or singly if they cannot be done together: one bad item
/// must not keep all others from their turn. Nobody waits for an answer. Suspends.
BackgroundResult commit_background(OrchestratorContext& context, Connection& connection,
                                   DispatchSink& sink, std::span<const Work> works);

}  // namespace delta
