// The fixed table of what an orchestrator counts and measures. An id is never a label: there would
// be as many series as there are runs.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/time.h"

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
  artifacts_total,
  transactions_total,
  transaction_duration,
  commit_unknown_total,
  answers_total,
  background_job_runs_total,
  database_up,
  queue_up,
  queue_depth,
  queue_oldest_age,
  leases_active,
  outbox_depth,
  outbox_oldest_age,
  db_clock_offset,
  runners_seen,
  runner_slots,
  runner_slots_busy,
  artifact_upload_failures_total,
  secret_fetch_failures_total,
};

// Values of labels that are not the names of an enum from elsewhere.
/// What became of a commit whose outcome was unknown.
enum class Doubt : std::uint8_t { found, redone, unresolved };
enum class BackgroundJob : std::uint8_t { sweep, reconcile, adopt, observe };
enum class JobResult : std::uint8_t { ok, failed };

namespace labels {
inline constexpr std::array<std::string_view, 7> run_states{
    "queued", "running", "cancel_requested", "succeeded", "failed", "timed_out", "cancelled"};
inline constexpr std::array<std::string_view, 6> job_states{"open",      "succeeded", "failed",
                                                            "timed_out", "cancelled", "skipped"};
inline constexpr std::array<std::string_view, 7> lease_states{
    "none", "granted", "active", "completed", "cancelled", "expired", "revoked"};
inline constexpr std::array<std::string_view, 5> lease_messages{"start", "heartbeat", "report",
                                                                "complete", "cancel_ack"};
inline constexpr std::array<std::string_view, 4> stale_reasons{"not_found", "stale", "lease_over",
                                                               "wrong_state"};
inline constexpr std::array<std::string_view, 4> failures{"infrastructure", "user", "lost",
                                                          "timeout"};
inline constexpr std::array<std::string_view, 2> artifact_states{"stored", "missing"};
inline constexpr std::array<std::string_view, 5> outcomes{"committed", "unavailable", "conflict",
                                                          "rejected", "unknown"};
inline constexpr std::array<std::string_view, 3> doubts{"found", "redone", "unresolved"};
inline constexpr std::array<std::string_view, 6> statuses{"ok",         "refused",     "invalid",
                                                          "key_reused", "unavailable", "unknown"};
inline constexpr std::array<std::string_view, 4> background_jobs{"sweep", "reconcile", "adopt",
                                                                 "observe"};
inline constexpr std::array<std::string_view, 2> results{"ok", "failed"};
}  // namespace labels

/// Upper bounds of a duration's buckets; beyond the last one is +Inf.
inline constexpr std::array<Duration, 12> kDurationBounds{1ms,   2500us, 5ms,   10ms, 25ms,   50ms,
                                                          100ms, 250ms,  500ms, 1s,   2500ms, 5s};

struct MetricLabel {
  std::string_view name = {};
  std::span<const std::string_view> values = {};
};

struct MetricInfo {
  std::string_view name;
  MetricType type = MetricType::counter;
  MetricUnit unit = MetricUnit::count;
  std::string_view help;
  std::array<MetricLabel, 2> labels = {};  ///< the unused ones are empty
};

inline constexpr auto kMetrics = [] {
  using enum MetricType;
  using enum MetricUnit;
  using Info = MetricInfo;
  return std::to_array<Info>({
      {"delta_runs_total",
       counter,
       count,
       "Runs by the state that a message brought them to.",
       {{{"state", labels::run_states}, {}}}},
      {"delta_jobs_total",
       counter,
       count,
       "Jobs by the state that a message brought them to.",
       {{{"state", labels::job_states}, {}}}},
      {"delta_leases_total",
       counter,
       count,
       "Leases by the state that a message brought them to.",
       {{{"state", labels::lease_states}, {}}}},
      {"delta_lease_expirations_total", counter, count, "Leases that ended without an answer."},
      {"delta_stale_messages_total",
       counter,
       count,
       "Messages about a lease that were refused: it was not, or no longer, the sender's.",
       {{{"kind", labels::lease_messages}, {"reason", labels::stale_reasons}}}},
      {"delta_forced_cancels_total", counter, count, "Cancellations forced at their deadline."},
      {"delta_retries_total",
       counter,
       count,
       "New tries of a job, by why the last one ended.",
       {{{"reason", labels::failures}, {}}}},
      {"delta_artifacts_total",
       counter,
       count,
       "Artifacts of accepted completions.",
       {{{"state", labels::artifact_states}, {}}}},
      {"delta_transactions_total",
       counter,
       count,
       "Transactions for messages, by their outcome.",
       {{{"outcome", labels::outcomes}, {}}}},
      {"delta_transaction_duration_seconds", histogram, nanoseconds,
       "From the beginning of a transaction to its outcome, whatever that is."},
      {"delta_commit_unknown_total",
       counter,
       count,
       "Commits of unknown outcome: found done later, done again, or never resolved.",
       {{{"resolved", labels::doubts}, {}}}},
      {"delta_answers_total",
       counter,
       count,
       "Answers to clients and runners.",
       {{{"status", labels::statuses}, {}}}},
      {"delta_background_job_runs_total",
       counter,
       count,
       "Rounds of the background loops.",
       {{{"job", labels::background_jobs}, {"result", labels::results}}}},
      {"delta_database_up", gauge, count, "0 while the database's circuit breaker is open."},
      {"delta_queue_up", gauge, count, "0 while the queue's circuit breaker is open."},
      {"delta_queue_depth", gauge, count, "Attempts that may be leased now."},
      {"delta_queue_oldest_age_seconds", gauge, nanoseconds,
       "How long the first of them has been available."},
      {"delta_leases_active", gauge, count, "Attempts that somebody holds."},
      {"delta_outbox_depth", gauge, count, "Dispatches that nobody published yet."},
      {"delta_outbox_oldest_age_seconds", gauge, nanoseconds,
       "How long the first of them has been due."},
      {"delta_db_clock_offset_seconds", gauge, nanoseconds,
       "How far the database's clock has moved against this process's since its start."},
      {"delta_runners_seen", gauge, count,
       "Runners that ask for work here, or did anything here within three heartbeats."},
      {"delta_runner_slots", gauge, count, "Slots of these runners."},
      {"delta_runner_slots_busy", gauge, count, "Slots of these runners that hold a lease."},
      {"delta_artifact_upload_failures_total", counter, count,
       "Tries to store an artifact that failed, as runners tell."},
      {"delta_secret_fetch_failures_total", counter, count,
       "Tries to fetch a secret that failed, as runners tell."},
  });
}();

constexpr const MetricInfo& info_of(Metric metric) {
  return kMetrics.at(static_cast<std::size_t>(metric));
}

/// Series of a histogram: a bucket for each bound, one for the rest, and the sum of all values.
inline constexpr std::size_t kHistogramSeries = kDurationBounds.size() + 2;

constexpr std::size_t series_of(const MetricInfo& info) {
  if (info.type == MetricType::histogram) return kHistogramSeries;
  std::size_t series = 1;
  for (const MetricLabel& label : info.labels) {
    if (!label.values.empty()) series *= label.values.size();
  }
  return series;
}

}  // namespace delta
