#include "core/settings.h"

namespace delta {

std::vector<std::string> problems(const Settings& s) {
  std::vector<std::string> found;
  const auto need = [&found](bool holds, const char* sentence) {
    if (!holds) found.emplace_back(sentence);
  };
  need(s.lease_ttl > 0s, "lease_ttl must be positive: disabling lease expiry is not supported");
  need(s.heartbeat_interval > 0s, "heartbeat_interval must be positive");
  need(
      s.lease_ttl >= 4 * s.heartbeat_interval,
      "lease_ttl must be at least 4 x heartbeat_interval, or one lost heartbeat ends a live lease");
  need(s.ack_window > 0s, "ack_window must be positive: disabling lease expiry is not supported");
  need(s.fence_margin > 0s && s.fence_margin < s.ack_window && s.fence_margin < s.lease_ttl / 2,
       "fence_margin must be positive, below ack_window and below half of lease_ttl");
  need(s.cancel_deadline > 0s, "cancel_deadline must be positive: cancellation is bounded");
  need(s.sweep_interval > 0s && s.sweep_interval <= s.lease_ttl / 4,
       "sweep_interval must be positive and at most a quarter of lease_ttl");
  need(s.sweep_batch > 0, "sweep_batch must be positive");
  need(s.reconcile_interval > 0s, "reconcile_interval must be positive");
  need(s.reconcile_after > 0s, "reconcile_after must be positive");
  need(s.purge_interval > 0s, "purge_interval must be positive");
  need(s.outbox_interval > 0s, "outbox_interval must be positive");
  need(s.metrics_interval > 0s, "metrics_interval must be positive");
  need(s.schedule_interval > 0s, "schedule_interval must be positive");
  need(s.misfire_after >= 2 * s.schedule_interval && s.misfire_after <= 15min,
       "misfire_after must be at least 2 x schedule_interval and at most 15m");
  need(s.queue_visibility > 0s, "queue_visibility must be positive");
  need(s.retry_backoff > 0s && s.retry_backoff <= s.retry_backoff_max,
       "retry_backoff must be positive and at most retry_backoff_max");
  need(s.request_timeout > 0s, "request_timeout must be positive");
  need(s.long_poll > 0s, "long_poll must be positive");
  need(s.upload_deadline > 0s, "upload_deadline must be positive");
  need(s.log_interval > 0s, "log_interval must be positive");
  need(s.checkpoint_interval > 0s, "checkpoint_interval must be positive");
  need(s.secrets_deadline > 0s, "secrets_deadline must be positive");
  need(s.operation_ttl >= 1h, "operation_ttl must be at least 1h, or a late retry acts twice");
  need(s.batch_size > 0 && s.batch_size <= 1000, "batch_size must be from 1 to 1000");
  need(s.committers > 0 && s.committers <= 64, "committers must be from 1 to 64");
  need(s.database_timeout > 0s && s.database_timeout < s.lease_ttl / 2,
       "database_timeout must be positive and below half of lease_ttl");
  return found;
}

}  // namespace delta
