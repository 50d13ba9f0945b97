#include "orchestrator/reconciler.h"

namespace delta {

void Reconciler::loop() {
  Connection connection(context_.ports.database, context_.database);
  const Settings& settings = context_.settings;
  while (context_.next_round(BackgroundJob::reconcile, settings.reconcile_interval)) {
    if (!dispatcher_.is_starving()) continue;
    const MonoTime begun = context_.now();
    Session* session = connection.session();
    if (session == nullptr) {
      context_.count(BackgroundJob::reconcile, begun, false);
      continue;
    }
    const auto found = session->find(FindForgotten{.age = settings.reconcile_after});
    if (found) {
      connection.worked();
      publish(found->attempts);
    } else {
      connection.lost();
    }
    context_.count(BackgroundJob::reconcile, begun, found.has_value());
  }
}

/// What the queue does not take now is found again.
void Reconciler::publish(const std::vector<AttemptId>& forgotten) {
  if (forgotten.empty() || !context_.queue.allow()) return;
  if (context_.queue.counted(context_.ports.queue.publish(forgotten))) {
    context_.count_items(BackgroundJob::reconcile, forgotten.size());
  }
}

}  // namespace delta
