// What the parts of one orchestrator process share.
#pragma once

#include "core/dependency.h"
#include "core/metrics.h"
#include "core/ports/calendar.h"
#include "core/ports/database.h"
#include "core/ports/queue.h"
#include "core/settings.h"
#include "core/stop_signal.h"
#include "orchestrator/policy_watch.h"
#include "orchestrator/pulse.h"

namespace delta {

struct OrchestratorPorts {
  Runtime runtime;
  Database& database;
  Queue& queue;
  const Calendar& calendar;
};

/// Lives as long as the process's orchestrator.
struct OrchestratorContext {
  OrchestratorContext(OrchestratorPorts given, const Settings& chosen)
      : ports(given),
        settings(chosen),
        id(given.runtime.random.next()),
        database(given.runtime, {}, {}),
        queue(given.runtime, {}, {}),
        policy(given.runtime),
        stop(given.runtime) {}

  MonoTime now() const { return ports.runtime.clock.now(); }
  Nonce nonce() {
    Nonce fresh;
    fresh.hi = ports.runtime.random.next();
    fresh.lo = ports.runtime.random.next();
    return fresh;
  }
  /// `interval` from now, less up to a quarter, so that orchestrators do not march in step.
  MonoTime jittered(Duration interval) {
    const auto quarter = static_cast<std::uint64_t>(interval.count()) / 4;
    return now() + interval -
           Duration(static_cast<std::int64_t>(ports.runtime.random.next() % (quarter + 1)));
  }
  /// Waits for the next round of a background loop; false when stopping.
  bool next_round(BackgroundJob loop, Duration interval) {
    pulse.beat(loop, now(), interval);
    return stop.sleep_until(jittered(interval));
  }
  /// One round of a background loop, which began then, is over.
  void count(BackgroundJob job, MonoTime begun, bool worked) {
    metrics.add(
        {Metric::background_job_runs_total, job, worked ? JobResult::ok : JobResult::failed});
    metrics.observe(Metric::background_job_duration, job, now() - begun);
  }
  /// What a round has done.
  void count_items(BackgroundJob job, std::size_t items) {
    metrics.add({Metric::background_job_items_processed_total, job},
                static_cast<std::int64_t>(items));
  }
  /// A transaction with this outcome is run again.
  void count_retry(const std::optional<Conflict>& conflict) {
    if (conflict) metrics.add({Metric::txn_retries_total, *conflict});
  }

  OrchestratorPorts ports;
  Settings settings;
  const std::uint64_t id;  ///< of this process, in the audit log
  Dependency database;
  Dependency queue;
  PolicyWatch policy;
  StopSignal stop;
  Metrics metrics;
  Pulse pulse;
};

}  // namespace delta
