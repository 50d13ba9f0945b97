#include "orchestrator/reconciler.h"

namespace delta {

void Reconciler::loop() {
  Connection connection(context_.ports.database, context_.database);
  const Settings& settings = context_.settings;
  while (context_.next_round(BackgroundJob::reconcile, settings.reconcile_interval)) {
    if (!dispatcher_.is_starving()) continue;
    Session* session = connection.session();
    if (session == nullptr) {
      context_.count(BackgroundJob::reconcile, false);
      continue;
    }
    const auto found = session->find(FindForgotten{.age = settings.reconcile_after});
    context_.count(BackgroundJob::reconcile, found.has_value());
    if (!found) {
      connection.lost();
      continue;
    }
    connection.worked();
    if (found->attempts.empty() || !context_.queue.allow()) continue;
    static_cast<void>(context_.queue.counted(context_.ports.queue.publish(found->attempts)));
  }
}

}  // namespace delta
