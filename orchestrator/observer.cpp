#include "orchestrator/observer.h"

namespace delta {

void Observer::loop() {
  Connection connection(context_.ports.database, context_.database);
  while (context_.next_round(BackgroundJob::observe, context_.settings.metrics_interval)) {
    const MonoTime begun = context_.now();
    const bool observed = observe(connection);
    context_.count(BackgroundJob::observe, begun, observed);
    if (observed) continue;
    for (const Metric gauge :
         {Metric::queue_depth, Metric::queue_oldest_age, Metric::leases_active,
          Metric::outbox_depth, Metric::outbox_oldest_age, Metric::oldest_xmin_age,
          Metric::schedules_active, Metric::schedule_lag, Metric::replication_lag}) {
      context_.metrics.clear(gauge);
    }
  }
}

bool Observer::observe(Connection& connection) {
  Session* session = connection.session();
  if (session == nullptr) return false;
  const MonoTime begun = context_.now();
  const auto found = session->find(FindLoad{});
  if (!found) {
    connection.lost();
    return false;
  }
  connection.worked();
  context_.database.answered(begun);
  const Load& load = found->load.value();
  Metrics& metrics = context_.metrics;
  metrics.set(Metric::queue_depth, static_cast<std::int64_t>(load.queued));
  metrics.set(Metric::queue_oldest_age, load.oldest_queued);
  metrics.set(Metric::leases_active, static_cast<std::int64_t>(load.live_leases));
  metrics.set(Metric::outbox_depth, static_cast<std::int64_t>(load.outbox));
  metrics.set(Metric::outbox_oldest_age, load.oldest_outbox);
  metrics.set(Metric::oldest_xmin_age, load.oldest_transaction);
  metrics.set(Metric::schedules_active, static_cast<std::int64_t>(load.schedules));
  metrics.set(Metric::schedule_lag, load.oldest_fire);
  if (load.schedules > 0) on_schedules_();
  metrics.set(Metric::replication_lag, load.replication_lag);
  return true;
}

}  // namespace delta
