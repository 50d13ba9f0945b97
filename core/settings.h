// The numbers that decide how Delta CI behaves. Defaults: docs/ARCHITECTURE.md, "Defaults".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/time.h"

namespace delta {

struct Settings {
  // Leases
  Duration lease_ttl = 120s;          ///< a started lease lives this long after its last renewal
  Duration heartbeat_interval = 20s;  ///< a runner renews its leases this often
  Duration ack_window = 30s;          ///< a granted lease must be started within this time
  Duration fence_margin = 10s;        ///< a runner stops work this long before its lease may end
  Duration cancel_deadline = 30s;     ///< after it a cancellation is forced

  // Background work of the orchestrator
  Duration sweep_interval = 5s;       ///< reaper
  std::uint32_t sweep_batch = 50;     ///< most leases that one sweep ends
  Duration reconcile_interval = 15s;  ///< re-emits what is queued and not leased
  Duration reconcile_after = 30s;     ///< how long a queued attempt may wait before that
  Duration purge_interval = 10min;    ///< deletes operations older than operation_ttl
  Duration outbox_interval = 5s;      ///< looks for outbox rows that nobody published
  Duration queue_visibility = 30s;    ///< an entry taken but not acknowledged is taken over then
  Duration schedule_interval = 1s;    ///< looks for schedules that are due, once there are any
  Duration misfire_after = 60s;       ///< a fire that is later than this was missed
  bool dispatch_fallback = true;      ///< ask the database for work while the queue is down
  Duration metrics_interval = 5s;     ///< the gauges of load are read this often

  // Retries of jobs
  Duration retry_backoff = 2s;       ///< before the first retry; doubles, jittered
  Duration retry_backoff_max = 60s;  ///< upper bound of that

  // Requests
  Duration request_timeout = 10s;   ///< client and runner: one call
  Duration long_poll = 60s;         ///< an acquire with nothing to do is answered after this
  Duration operation_ttl = 24h;     ///< how long a stored reply can be asked for again
  Duration upload_deadline = 2min;  ///< a runner marks what it could not upload by then missing
  Duration log_interval = 5s;       ///< a runner stores what a running job prints at most so often
  Duration checkpoint_interval = 30s;  ///< a runner offers no two checkpoints closer than this
  Duration secrets_deadline = 60s;  ///< a try of a job fails that could not get its secrets by then
  std::uint32_t batch_size = 64;    ///< most messages in one transaction (group commit)
  std::uint32_t committers = 4;     ///< transactions that one orchestrator runs side by side
  Duration database_timeout = 5s;   ///< lock_timeout, and tcp_user_timeout of the connection
};

/// Every reason why these settings are refused at start, in words; empty when they are sound.
std::vector<std::string> problems(const Settings& settings);

}  // namespace delta
