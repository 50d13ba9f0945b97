#include "harness/alerts/alert_rules.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "harness/alerts/limits.h"

namespace aftershock {

namespace {

using namespace std::chrono_literals;
using delta::Metric;

constexpr std::array<std::string_view, 2> kNotDone{"unavailable", "unknown"};
constexpr std::array<std::string_view, 1> kGranted{"granted"};
constexpr std::array<std::string_view, 1> kMissing{"missing"};
constexpr std::array<std::string_view, 1> kComplete{"complete"};
constexpr std::array<std::string_view, 1> kFailed{"failed"};

constexpr Term latest(Fold fold, Metric metric) { return {{metric}, fold}; }
constexpr Term sum_of_rates(Selector of, delta::Duration window) {
  return {of, Fold::sum, Over::rate, window};
}

constexpr std::array kRules = std::to_array<AlertRule>({
    {"DatabaseDown",
     {latest(Fold::min, Metric::database_up)},
     Comparison::below,
     1,
     10s,
     Severity::critical,
     Culprit::database,
     "An orchestrator cannot reach the database."},
    {"QueueDown",
     {latest(Fold::min, Metric::queue_up)},
     Comparison::below,
     1,
     10s,
     Severity::critical,
     Culprit::queue,
     "An orchestrator cannot reach the queue."},
    {"QueueBacklog",
     {latest(Fold::max, Metric::queue_oldest_age)},
     Comparison::above,
     seconds(limits::kQueueAge),
     30s,
     Severity::warning,
     Culprit::queue,
     "Work has been waiting for minutes to be leased."},
    {"LeaseExpirySpike",
     {sum_of_rates({Metric::lease_expirations_total}, 2min),
      sum_of_rates({Metric::leases_total, "state", kGranted}, 2min)},
     Comparison::above,
     limits::kExpiredShare,
     0s,
     Severity::warning,
     Culprit::runners,
     "Many leases end without an answer, and their jobs are run again."},
    {"ArtifactUploadFailures",
     {sum_of_rates({Metric::artifact_upload_failures_total}, 2min)},
     Comparison::above,
     limits::kFailuresASecond,
     30s,
     Severity::warning,
     Culprit::artifacts,
     "Runners fail to store artifacts and keep trying."},
    {"ArtifactsMissing",
     {sum_of_rates({Metric::artifacts_total, "state", kMissing}, 2min),
      sum_of_rates({Metric::artifacts_total}, 2min)},
     Comparison::above,
     limits::kMissingShare,
     0s,
     Severity::warning,
     Culprit::artifacts,
     "Jobs end without artifacts that could not be stored."},
    {"OrchestratorErrors",
     {sum_of_rates({Metric::answers_total, "status", kNotDone}, 1min),
      sum_of_rates({Metric::answers_total}, 1min)},
     Comparison::above,
     limits::kErrorShare,
     30s,
     Severity::critical,
     Culprit::orchestrator,
     "Many requests are answered with unavailable or unknown."},
    {"BackgroundJobsFailing",
     {sum_of_rates({Metric::background_job_runs_total, "result", kFailed}, 1min),
      sum_of_rates({Metric::background_job_runs_total}, 1min)},
     Comparison::above,
     limits::kFailedRounds,
     30s,
     Severity::critical,
     Culprit::database,
     "Rounds of the background loops fail: leases that ran out, lost dispatches or due schedules "
     "are not found."},
    {"SchedulesLate",
     {latest(Fold::max, Metric::schedule_lag)},
     Comparison::above,
     seconds(limits::kScheduleLag),
     30s,
     Severity::critical,
     Culprit::orchestrator,
     "Schedules are due, and nobody fires them."},
    {"OrchestratorDown",
     {{{}, Fold::min}},
     Comparison::below,
     1,
     10s,
     Severity::critical,
     Culprit::orchestrator,
     "An orchestrator does not answer."},
    {"RunnerLoss",
     {latest(Fold::sum, Metric::runners_seen),
      Term{{Metric::runners_seen}, Fold::sum, Over::latest, 3min}},
     Comparison::below,
     limits::kRunnersLeft,
     1min,
     Severity::warning,
     Culprit::runners,
     "Fewer runners are seen than three minutes ago."},
    {"SecretsUnavailable",
     {sum_of_rates({Metric::secret_fetch_failures_total}, 2min)},
     Comparison::above,
     limits::kFailuresASecond,
     30s,
     Severity::critical,
     Culprit::secrets,
     "Runners cannot fetch the secrets of their jobs."},
    {"StaleCompletions",
     {sum_of_rates({Metric::stale_messages_total, "kind", kComplete}, 2min)},
     Comparison::above,
     limits::kStaleASecond,
     0s,
     Severity::warning,
     Culprit::network,
     "Results arrive whose lease is over, and are refused."},
    {"ReplicationLag",
     {latest(Fold::max, Metric::replication_lag)},
     Comparison::above,
     seconds(limits::kReplicationLag),
     15s,
     Severity::warning,
     Culprit::database,
     "A standby of the database is far behind: a failover would lose what it has not received."},
    {"ClockOffset",
     {latest(Fold::max_size, Metric::db_clock_offset)},
     Comparison::above,
     seconds(limits::kClockOffset),
     0s,
     Severity::warning,
     Culprit::database,
     "The database's clock has moved, and with it every deadline."},
});

/// The shortest text that reads as the same number.
std::string number_text(double number) {
  std::array<char, 32> buffer{};
  const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  return {buffer.data(), written.ptr};
}

/// As a YAML string: in single quotes, which are doubled inside.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char letter : text) out += letter == '\'' ? std::string("''") : std::string(1, letter);
  return out + "'";
}

std::string rule_text(const AlertRule& rule) {
  std::string text = "      - alert: " + std::string(rule.name) + "\n";
  text += "        expr: " + quoted(condition(rule)) + "\n";
  if (rule.hold > 0s) text += "        for: " + delta::format_duration(rule.hold) + "\n";
  text += "        labels:\n          severity: " + std::string(name_of(rule.severity)) + "\n";
  text += "          points_at: " + std::string(name_of(rule.points_at)) + "\n";
  text += "        annotations:\n          summary: " + quoted(rule.summary) + "\n";
  return text + "          runbook: " + runbook(rule) + "\n";
}

}  // namespace

std::string_view name_of(Severity severity) {
  return severity == Severity::critical ? "critical" : "warning";
}

std::span<const AlertRule> alert_rules() { return kRules; }

std::string condition(const AlertRule& rule) {
  return promql(rule.expression) + (rule.comparison == Comparison::above ? " > " : " < ") +
         number_text(rule.threshold);
}

std::string runbook(const AlertRule& rule) {
  std::string anchor(rule.name);
  std::ranges::transform(anchor, anchor.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  return "docs/OPERATIONS.md#" + anchor;
}

std::string prometheus_rules() {
  std::string text =
      "# The alerts of Delta CI. Written by `aftershock alerts --format prometheus`; do not edit.\n"
      "# Scrape the orchestrators as job \"delta-orchestrator\", every 5s.\n"
      "groups:\n"
      "  - name: delta-ci\n"
      "    interval: 5s\n"
      "    rules:\n";
  for (const AlertRule& rule : alert_rules()) text += rule_text(rule);
  return text;
}

}  // namespace aftershock
