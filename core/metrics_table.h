// The fixed table of what an orchestrator counts and measures. An id is never a label: there would
// be as many series as there are runs. Nor are `job` and `instance`, which Prometheus adds.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/metric_labels.h"

namespace delta {

enum class MetricType : std::uint8_t { counter, gauge, histogram };
enum class MetricUnit : std::uint8_t { count, nanoseconds };  ///< ns are shown as seconds

/// In the table's order.
enum class Metric : std::uint8_t {
  runs_total,
  jobs_total,
  leases_total,
  lease_expirations_total,
  stale_messages_total,
  forced_cancels_total,
  retries_total,
  queued_to_leased,
  claim_duration,
  heartbeat_slack,
  job_duration,
  artifacts_total,
  transactions_total,
  transaction_duration,
  txn_retries_total,
  commit_unknown_total,
  answers_total,
  background_job_runs_total,
  background_job_duration,
  background_job_items_processed_total,
  database_up,
  queue_up,
  database_breaker,
  queue_breaker,
  database_latency,
  queue_latency,
  queue_depth,
  queue_oldest_age,
  leases_active,
  outbox_depth,
  outbox_oldest_age,
  scheduler_lag,
  oldest_xmin_age,
  replication_lag,
  db_clock_offset,
  runners_seen,
  runner_slots,
  runner_slots_busy,
  artifact_upload_failures_total,
  secret_fetch_failures_total,
  schedule_fires_total,
  schedule_skipped_total,
  schedules_active,
  schedule_lag,
};

struct MetricLabel {
  std::string_view name = {};
  std::span<const std::string_view> values = {};
};

struct MetricInfo {
  std::string_view name;
  MetricType type = MetricType::counter;
  MetricUnit unit = MetricUnit::count;
  std::string_view help;
  std::array<MetricLabel, 2> labels = {};  ///< the unused ones are empty; a histogram has one
  std::span<const Duration> bounds = {};   ///< of a histogram's buckets
};

inline constexpr auto kMetrics = [] {
  using Name = std::string_view;
  using Help = std::string_view;
  using enum MetricUnit;
  const auto counter = [](Name name, Help help, MetricLabel first = {}, MetricLabel second = {}) {
    return MetricInfo{name, MetricType::counter, count, help, {first, second}, {}};
  };
  const auto gauge = [](Name name, Help help, MetricUnit unit = count) {
    return MetricInfo{name, MetricType::gauge, unit, help, {}, {}};
  };
  const auto seconds = [gauge](Name name, Help help) { return gauge(name, help, nanoseconds); };
  const auto histogram = [](Name name, std::span<const Duration> bounds, Help help,
                            MetricLabel label = {}) {
    return MetricInfo{name, MetricType::histogram, nanoseconds, help, {label}, bounds};
  };
  return std::array{
      counter("delta_runs_total", "Runs by the state that a message brought them to.",
              {"state", labels::run_states}),
      counter("delta_jobs_total", "Jobs by the state that a message brought them to.",
              {"state", labels::job_states}),
      counter("delta_leases_total", "Leases by the state that a message brought them to.",
              {"state", labels::lease_states}),
      counter("delta_lease_expirations_total", "Leases that ended without an answer."),
      counter("delta_stale_messages_total",
              "Messages about a lease that were refused: it was not, or no longer, the sender's.",
              {"kind", labels::lease_messages}, {"reason", labels::stale_reasons}),
      counter("delta_forced_cancels_total", "Cancellations forced at their deadline."),
      counter("delta_retries_total", "New tries of a job, by why the last one ended.",
              {"reason", labels::failures}),
      histogram("delta_queued_to_leased_seconds", bounds::waits,
                "From when an attempt could be leased until it was, by the database's clock."),
      histogram(
          "delta_claim_duration_seconds", bounds::calls,
          "From when there was something for a runner that waits until its leases were committed."),
      histogram("delta_heartbeat_slack_seconds", bounds::leases,
                "What was left of a lease when a heartbeat renewed it, by the database's clock."),
      histogram("delta_job_duration_seconds", bounds::jobs,
                "From when an attempt was leased to its end, whatever that was, by the database's "
                "clock."),
      counter("delta_artifacts_total", "Artifacts of accepted completions.",
              {"state", labels::artifact_states}),
      counter("delta_transactions_total", "Transactions for messages, by their outcome.",
              {"outcome", labels::outcomes}),
      histogram("delta_transaction_duration_seconds", bounds::calls,
                "From the beginning of a transaction to its outcome, whatever that is."),
      counter("delta_txn_retries_total",
              "Transactions that were in conflict with another and are run again, by the error.",
              {"sqlstate", labels::sqlstates}),
      counter("delta_commit_unknown_total",
              "Commits of unknown outcome: found done later, done again, or never resolved.",
              {"resolved", labels::doubts}),
      counter("delta_answers_total", "Answers to clients and runners.",
              {"status", labels::statuses}),
      counter("delta_background_job_runs_total", "Rounds of the background loops.",
              {"task", labels::background_jobs}, {"result", labels::results}),
      histogram("delta_background_job_duration_seconds", bounds::calls, "Duration of these rounds.",
                {"task", labels::background_jobs}),
      counter(
          "delta_background_job_items_processed_total",
          "What they did: deadlines enforced, attempts published again, outbox entries adopted, "
          "schedules fired.",
          {"task", labels::background_jobs}),
      gauge("delta_database_up", "0 while the database's circuit breaker is open."),
      gauge("delta_queue_up", "0 while the queue's circuit breaker is open."),
      gauge(
          "delta_database_breaker_state",
          "The database's circuit breaker: 0 closed, 1 half-open (a probe is under way), 2 open."),
      gauge("delta_queue_breaker_state",
            "The queue's circuit breaker: 0 closed, 1 half-open (a probe is under way), 2 open."),
      seconds("delta_database_latency_seconds", "Of the last look at the load, by this process."),
      seconds("delta_queue_latency_seconds", "Of the last publication, by this process."),
      gauge("delta_queue_depth", "Attempts that may be leased now."),
      seconds("delta_queue_oldest_age_seconds", "How long the first of them has been available."),
      gauge("delta_leases_active", "Attempts that somebody holds."),
      gauge("delta_outbox_depth", "Dispatches that nobody published yet."),
      seconds("delta_outbox_oldest_age_seconds", "How long the first of them has been due."),
      seconds("delta_scheduler_lag_seconds",
              "How late the first dispatch is that this process knows to be due and has not "
              "published."),
      seconds("delta_oldest_xmin_age_seconds",
              "Age of the database's oldest transaction that keeps dead rows from being vacuumed."),
      seconds("delta_replication_lag_seconds",
              "How far the database's connected standby that is farthest behind is."),
      seconds("delta_db_clock_offset_seconds",
              "How far the database's clock has moved against this process's since its start."),
      gauge("delta_runners_seen",
            "Runners that ask for work here, or did anything here within three heartbeats."),
      gauge("delta_runner_slots", "Slots of these runners."),
      gauge("delta_runner_slots_busy", "Slots of these runners that hold a lease."),
      counter("delta_artifact_upload_failures_total",
              "Tries to store an artifact that failed, as runners tell."),
      counter("delta_secret_fetch_failures_total",
              "Tries to fetch a secret that failed, as runners tell."),
      counter("delta_schedule_fires_total", "Fires of schedules that had their run."),
      counter("delta_schedule_skipped_total",
              "Fires of schedules that were missed, and skipped as their policy says."),
      gauge("delta_schedules_active", "Schedules that will fire."),
      seconds("delta_schedule_lag_seconds", "How long the first of their fires has been due."),
  };
}();

constexpr const MetricInfo& info_of(Metric metric) {
  return kMetrics.at(static_cast<std::size_t>(metric));
}

/// Series for each value of the first label. Of a histogram: a bucket for each bound, one for the
/// rest, and the sum of all values.
constexpr std::size_t stride_of(const MetricInfo& info) {
  if (info.type == MetricType::histogram) return info.bounds.size() + 2;
  return info.labels[1].values.empty() ? 1 : info.labels[1].values.size();
}

constexpr std::size_t series_of(const MetricInfo& info) {
  return stride_of(info) * (info.labels[0].values.empty() ? 1 : info.labels[0].values.size());
}

}  // namespace delta
