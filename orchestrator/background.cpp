#include "orchestrator/background.h"

#include <algorithm>

namespace delta {

BackgroundResult commit_background(OrchestratorContext& context, Connection& connection,
                                   DispatchSink& sink, std::span<const Work> works) {
  if (works.empty()) return {};
  Session* session = connection.session();
  if (session == nullptr) return {.all = false};
  const BatchResult result = run_batch(context, *session, works, OnLocked::skip);
  switch (result.outcome) {
    case BatchOutcome::committed: {
      connection.worked();
      sink.add(result.dispatches);
      // What somebody else holds, or has ended meanwhile, is refused.
      const auto accepted = std::ranges::count(result.responses, Status::ok, &Response::status);
      return {.accepted = static_cast<std::size_t>(accepted)};
    }
    case BatchOutcome::conflict:
    case BatchOutcome::rejected: break;
    case BatchOutcome::unknown:
      context.metrics.add({Metric::commit_unknown_total, Doubt::unresolved});
      [[fallthrough]];
    case BatchOutcome::unavailable: connection.lost(); return {.all = false};
  }
  if (works.size() == 1) return {.all = false};
  context.count_retry(result.conflict);
  BackgroundResult sum;
  for (std::size_t i = 0; i < works.size(); ++i) {
    const BackgroundResult one = commit_background(context, connection, sink, works.subspan(i, 1));
    sum.all = sum.all && one.all;
    sum.accepted += one.accepted;
  }
  return sum;
}

}  // namespace delta
