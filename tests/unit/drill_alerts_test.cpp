// Drills and their alerts: quiet while all is well, and loud about what goes wrong.
#include <gtest/gtest.h>

#include "harness/drill.h"
#include "harness/scenario/loader.h"

namespace aftershock {
namespace {

using namespace std::chrono_literals;

Scenario load(const std::string& name) {
  auto scenario = load_scenario("scenarios/" + name + ".yaml");
  if (!scenario) throw std::runtime_error(format_diagnostics(scenario.error()));
  return std::move(*scenario);
}

const AlertReport* find(const DrillReport& report, std::string_view name) {
  const auto found = std::ranges::find(report.alerts, name, &AlertReport::name);
  return found == report.alerts.end() ? nullptr : &*found;
}

TEST(DrillAlerts, nothing_fires_before_the_fault) {
  for (const char* name : {"delta-ci/runner-crash", "delta-ci/orchestrator-crash",
                           "delta-ci/database-outage", "zoo/zombie-runner", "zoo/stalled-reaper"}) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      const DrillReport report = run_simulated(load(name), {.seed = seed});
      const Duration t0 = report.faults.at(0).effective.value().lower;
      for (const AlertReport& alert : report.alerts) {
        EXPECT_GT(alert.at, t0) << alert.name << ", " << report.replay;
      }
    }
  }
}

TEST(DrillAlerts, a_database_outage_is_detected_named_and_resolved) {
  const DrillReport report = run_simulated(load("delta-ci/database-outage"), {.seed = 1});
  const AlertReport* down = find(report, "DatabaseDown");
  ASSERT_NE(down, nullptr);
  EXPECT_EQ(down->diagnosis, "database");
  const FaultReport& fault = report.faults.at(0);
  ASSERT_TRUE(report.phases.detected);
  EXPECT_EQ(*report.phases.detected, report.alerts.at(0).at - fault.effective->lower);
  EXPECT_LT(*report.phases.detected, 40s);
  ASSERT_TRUE(down->resolved);
  EXPECT_GT(*down->resolved, *fault.healed);
  EXPECT_LT(*down->resolved, *fault.healed + 20s);
  ASSERT_NE(find(report, "OrchestratorErrors"), nullptr);
  EXPECT_EQ(find(report, "OrchestratorErrors")->diagnosis, "database") << "the cause, not itself";
  EXPECT_EQ(find(report, "OrchestratorDown"), nullptr) << "it fails closed, and answers";
}

TEST(DrillAlerts, an_orchestrator_that_is_away_is_detected) {
  Scenario scenario = load("delta-ci/orchestrator-crash");
  scenario.cluster.orchestrators.restart.delay = 60s;
  const DrillReport report = run_simulated(scenario, {.seed = 1});
  const AlertReport* down = find(report, "OrchestratorDown");
  ASSERT_NE(down, nullptr);
  EXPECT_EQ(down->diagnosis, "orchestrator");
  EXPECT_LT(report.phases.detected.value(), 25s);
}

TEST(DrillAlerts, runners_that_stay_away_are_missed) {
  Scenario scenario = load("delta-ci/runner-crash");
  scenario.cluster.runners.restart.policy = RestartPolicy::kNever;
  const DrillReport report = run_simulated(scenario, {.seed = 1});
  const AlertReport* loss = find(report, "RunnerLoss");
  ASSERT_NE(loss, nullptr);
  EXPECT_EQ(loss->diagnosis, "runners");
  EXPECT_LT(loss->at, report.faults.at(0).effective->upper + 4min);
}

}  // namespace
}  // namespace aftershock
