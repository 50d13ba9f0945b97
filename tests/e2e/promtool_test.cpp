// Prometheus' own tool on what we write: the metrics, the rules file, and the alerts that fire for
// the same series at the same times as in our evaluator.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "core/rng.h"
#include "core/states.h"
#include "harness/alerts/alert_evaluator.h"
#include "tests/unit/scrape_fixture.h"

namespace aftershock {
namespace {

namespace fs = std::filesystem;
using delta::Metric;
using delta::Series;

class Promtool : public testing::Test {
 protected:
  void SetUp() override {
    if (std::system("command -v promtool >/dev/null") != 0) {
      GTEST_SKIP() << "promtool is not installed: apt-get install prometheus";
    }
    folder_ = fs::temp_directory_path() / ("promtool-test-" + std::to_string(getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override {
    if (!folder_.empty()) fs::remove_all(folder_);
  }
  fs::path write(const char* name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }
  /// What it said when it was not content; empty otherwise.
  std::string complaint(const std::string& arguments) {
    const fs::path said = folder_ / "said";
    const int status =
        std::system(("promtool " + arguments + " >" + said.string() + " 2>&1").c_str());
    std::ostringstream text;
    text << std::ifstream(said).rdbuf();
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return "";
    return "promtool " + arguments + ":\n" + text.str().substr(0, 3000);
  }

  fs::path folder_;
};

TEST_F(Promtool, AcceptsTheMetrics) {
  delta::Metrics metrics;
  metrics.set(Metric::queue_oldest_age, 3s);
  metrics.observe(Metric::transaction_duration, 4ms);
  metrics.observe(Metric::background_job_duration, delta::BackgroundJob::adopt, 4ms);
  const fs::path file = write("metrics", prometheus_text(metrics.snapshot()));
  EXPECT_EQ(complaint("check metrics <" + file.string()), "");
}

TEST_F(Promtool, AcceptsTheRulesFile) {
  EXPECT_EQ(complaint("check rules deploy/prometheus/aftershock-alerts.yml"), "");
}

/// Three orchestrators in twenty minutes of changing trouble.
class Trouble {
 public:
  explicit Trouble(std::uint64_t seed) : rng_(seed) {}

  std::vector<Scrape> scrapes() {
    std::vector<Scrape> all;
    for (int i = 0; i < 240; ++i) {
      move();
      all.push_back(orchestrators_.scrape());
    }
    return all;
  }

 private:
  static constexpr std::size_t kCount = 3;

  std::int64_t below(std::uint64_t bound) { return static_cast<std::int64_t>(rng_.below(bound)); }

  /// Trouble comes and goes: each kind lasts for a while.
  bool has(const std::string& kind) {
    bool& now = kinds_[kind];
    if (rng_.chance_ppm(now ? 80'000 : 15'000)) now = !now;
    return now;
  }

  void move() {
    for (std::size_t i = 0; i < kCount; ++i) {
      const std::string me = std::to_string(i);
      orchestrators_.set_reachable(i, !has("unreachable" + me));
      if (rng_.chance_ppm(10'000)) orchestrators_[i] = healthy_snapshot();
      move_gauges(orchestrators_[i], me);
      move_counters(i);
    }
  }
  void move_gauges(delta::MetricsSnapshot& snapshot, const std::string& me) {
    snapshot.set(Metric::database_up, has("database" + me) ? 0 : 1);
    snapshot.set(Metric::queue_up, has("queue" + me) ? 0 : 1);
    snapshot.set(Metric::queue_oldest_age, has("unknown")   ? delta::MetricsSnapshot::kAbsent
                                           : has("backlog") ? 200'500'000'000
                                                            : below(5'000'000'000));
    snapshot.set(Metric::runners_seen, has("gone" + me) ? below(4) : 20);
    snapshot.set(Metric::db_clock_offset, has("clock") ? -12'345'678'900 : below(1'000));
    snapshot.set(Metric::replication_lag, has("lag") ? 60'000'000'000 : below(1'000'000));
    snapshot.set(Metric::schedule_lag, has("late") ? 90'000'000'000 : below(1'000'000));
  }
  void move_counters(std::size_t i) {
    const auto& statuses = delta::labels::statuses;
    orchestrators_.add({Metric::answers_total, 0}, 50 + below(20), i);
    for (std::size_t s = 4; s < statuses.size(); ++s) {
      orchestrators_.add({Metric::answers_total, s}, has("errors") ? below(30) : 0, i);
    }
    orchestrators_.add(
        {Metric::background_job_runs_total, delta::BackgroundJob::sweep, delta::JobResult::ok}, 3,
        i);
    orchestrators_.add(
        {Metric::background_job_runs_total, delta::BackgroundJob::sweep, delta::JobResult::failed},
        has("damage") ? 30 : 0, i);
    orchestrators_.add({Metric::leases_total, delta::LeaseState::granted}, 3 + below(5), i);
    orchestrators_.add(Metric::lease_expirations_total, has("expiry") ? below(7) : 0, i);
    orchestrators_.add(Metric::artifact_upload_failures_total, has("uploads") ? below(3) : 0, i);
    orchestrators_.add(Metric::secret_fetch_failures_total, has("secrets") ? below(3) : 0, i);
    orchestrators_.add({Metric::artifacts_total, 0}, below(10), i);
    orchestrators_.add({Metric::artifacts_total, 1}, has("missing") ? below(4) : 0, i);
    orchestrators_.add({Metric::stale_messages_total, 3, below(4)}, has("stale") ? 1 : 0, i);
  }

  delta::Rng rng_;
  FakeOrchestrators orchestrators_{kCount};
  std::map<std::string, bool> kinds_;
};

/// The series of one metric's text, "name{labels,job,instance}", with a value for each scrape.
using SeriesText = std::map<std::string, std::string>;

std::string with_target(const std::string& series, std::size_t endpoint) {
  const std::string target =
      "job=\"delta-orchestrator\",instance=\"orchestrator-" + std::to_string(endpoint) + "\"";
  const std::size_t brace = series.find('{');
  if (brace == std::string::npos) return series + "{" + target + "}";
  return series.substr(0, brace + 1) + target + "," + series.substr(brace + 1);
}

/// What a scrape would store: the exposition's own lines, and `stale` for what it lacks.
SeriesText prometheus_series(const std::vector<Scrape>& scrapes) {
  std::vector<std::map<std::string, std::string>> stored;
  SeriesText all;
  for (const Scrape& scrape : scrapes) {
    auto& values = stored.emplace_back();
    for (std::size_t endpoint = 0; endpoint < scrape.endpoints.size(); ++endpoint) {
      const auto& snapshot = scrape.endpoints[endpoint];
      values[with_target("up", endpoint)] = snapshot ? "1" : "0";
      std::istringstream lines(snapshot ? prometheus_text(*snapshot) : "");
      for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("#") || line.find("_bucket") != std::string::npos) continue;
        const std::size_t blank = line.rfind(' ');
        values[with_target(line.substr(0, blank), endpoint)] = line.substr(blank + 1);
      }
    }
    for (const auto& [series, value] : values) all[series];
  }
  for (auto& [series, text] : all) {
    for (const auto& values : stored) {
      const auto found = values.find(series);
      text += (text.empty() ? "" : " ") + (found == values.end() ? "stale" : found->second);
    }
  }
  return all;
}

std::string expectation(const AlertRule& rule, delta::Duration at, bool fires) {
  std::string text = "      - {eval_time: " + std::to_string(at / 1s) +
                     "s, alertname: " + std::string(rule.name) + ", exp_alerts: [";
  if (fires) {
    text += "{exp_labels: {severity: " + std::string(name_of(rule.severity)) +
            ", points_at: " + std::string(name_of(rule.points_at)) +
            "}, exp_annotations: {summary: \"" + std::string(rule.summary) + "\", runbook: \"" +
            runbook(rule) + "\"}}";
  }
  return text + "]}\n";
}

TEST_F(Promtool, FiresTheSameAlertsAtTheSameTimes) {
  std::map<std::string_view, int> fired;
  std::string tests;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const std::vector<Scrape> scrapes = Trouble(seed).scrapes();
    tests += "  - interval: 5s\n    input_series:\n";
    for (const auto& [series, values] : prometheus_series(scrapes)) {
      tests += "      - {series: '" + series + "', values: '" + values + "'}\n";
    }
    tests += "    alert_rule_test:\n";
    ScrapeHistory history;
    AlertEvaluator evaluator;
    for (const Scrape& scrape : scrapes) {
      history.add(scrape);
      evaluator.evaluate(history);
      for (const AlertRule& rule : alert_rules()) {
        bool fires = false;
        for (const FiredAlert& alert : evaluator.fired()) {
          fires = fires || (alert.rule == &rule && !alert.resolved);
        }
        tests += expectation(rule, scrape.at, fires);
      }
    }
    for (const FiredAlert& alert : evaluator.fired()) ++fired[alert.rule->name];
  }
  for (const AlertRule& rule : alert_rules()) {
    EXPECT_GT(fired[rule.name], 0) << rule.name << " was not compared";
  }
  const fs::path rules = fs::absolute("deploy/prometheus/aftershock-alerts.yml");
  const fs::path file = write("test.yml", "rule_files: [\"" + rules.string() +
                                              "\"]\nevaluation_interval: 5s\ntests:\n" + tests);
  EXPECT_EQ(complaint("test rules " + file.string()), "");
}

}  // namespace
}  // namespace aftershock
