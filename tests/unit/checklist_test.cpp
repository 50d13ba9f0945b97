// The checklist after a recovery: each item can be well, and each can fail.
#include "harness/engine/checklist.h"

#include <gmock/gmock.h>

#include "core/replies.h"
#include "core/states.h"
#include "tests/unit/scrape_fixture.h"
#include "tests/unit/small_drill.h"

namespace aftershock {
namespace {

using delta::Metric;
using testing::HasSubstr;

Scenario with(Check check) {
  SmallDrill drill;
  drill.services = "\n  schedulers: {count: 1}\n  monitoring: {}";
  drill.disaster =
      "faults:\n  - {fault: process.kill, at: 20s, target: {role: runner, mode: one}}\n";
  Scenario scenario = scenario_of(drill);
  scenario.checklist = {check};
  return scenario;
}

/// Three orchestrators, scraped twice; between the scrapes all is as it should be.
struct Recovered {
  Recovered() {
    for (const Role role : {Role::kOrchestrator, Role::kScheduler, Role::kRunner, Role::kMonitoring,
                            Role::kDatabase, Role::kQueue}) {
      facts.presence[role] = {1, 1};
      facts.ready[role] = {true, "well"};
    }
    facts.until = 10min;
    facts.canaries = {{1min, 61s, true}};
    facts.calls = 7;
    facts.scrapes.push_back(orchestrators.scrape());
    orchestrators.add({Metric::leases_total, delta::LeaseState::granted}, 3);
    orchestrators.add({Metric::jobs_total, delta::JobState::succeeded}, 2);
    orchestrators.add(Metric::schedule_fires_total, 4);
    facts.scrapes.push_back(orchestrators.scrape());
    report.thresholds = {{"api.p95 < 200ms", "10ms", true}};
  }
  CheckReport look(Check check) const { return judge_checklist(with(check), &facts, report).at(0); }
  void scrape() { facts.scrapes.push_back(orchestrators.scrape()); }

  FakeOrchestrators orchestrators{3};
  ChecklistFacts facts;
  DrillReport report;
};

TEST(Checklist, EveryItemIsWellWhenAllIsAsItShouldBe) {
  for (std::size_t i = 0; i < kCheckNames.size(); ++i) {
    const CheckReport found = Recovered().look(static_cast<Check>(i));
    EXPECT_TRUE(found.ok) << found.check << ": " << found.seen;
    EXPECT_EQ(found.check, kCheckNames.at(i));
    EXPECT_NE(found.seen, "");
  }
}

TEST(Checklist, WithoutARecoveryNothingIsWell) {
  const CheckReport found = judge_checklist(with(Check::kQueue), nullptr, {}).at(0);
  EXPECT_FALSE(found.ok);
  EXPECT_EQ(found.seen, "there was no recovery");
}

TEST(Checklist, AnItemFailsWhenWhatItLooksAtIsNotReady) {
  const std::vector<std::pair<Check, Role>> looks{
      {Check::kDatabase, Role::kDatabase}, {Check::kQueue, Role::kQueue},
      {Check::kApi, Role::kOrchestrator},  {Check::kSchedules, Role::kScheduler},
      {Check::kRunners, Role::kRunner},    {Check::kMonitoring, Role::kMonitoring}};
  for (const auto& [check, role] : looks) {
    Recovered after;
    after.facts.ready[role] = {false, "gone"};
    EXPECT_FALSE(after.look(check).ok) << name_of(check);
    EXPECT_THAT(after.look(check).seen, HasSubstr("gone"));
  }
  Recovered after;
  after.facts.presence[Role::kScheduler] = {0, 1};
  EXPECT_FALSE(after.look(Check::kProcesses).ok);
  EXPECT_THAT(after.look(Check::kProcesses).seen, HasSubstr("scheduler 0 of 1"));
}

TEST(Checklist, BeingReadyIsNotEnough) {
  Recovered after;
  after.report.rpo.dangling = 1;
  EXPECT_FALSE(after.look(Check::kDatabase).ok);
  after.report.rpo.dangling = 0;
  after.report.violations.push_back(
      {.invariant = "roll-up", .message = "", .rows = {}, .events = {}});
  EXPECT_THAT(after.look(Check::kDatabase).seen, HasSubstr("broken: roll-up"));
  EXPECT_FALSE(after.look(Check::kDatabase).ok);
  after.facts.calls = 0;
  EXPECT_FALSE(after.look(Check::kApi).ok);
  after.orchestrators.set(Metric::schedule_lag, Duration(31s).count());
  after.scrape();
  EXPECT_FALSE(after.look(Check::kSchedules).ok);
  EXPECT_THAT(after.look(Check::kSchedules).seen, HasSubstr("at most 31s late"));
}

TEST(Checklist, IdleWorkersASilentMonitoringAndErrorsAreNotWell) {
  Recovered idle;
  idle.facts.scrapes = {FakeOrchestrators(3).scrape(), FakeOrchestrators(3).scrape()};
  EXPECT_FALSE(idle.look(Check::kRunners).ok);
  EXPECT_FALSE(idle.look(Check::kSchedules).ok);
  Recovered after;
  after.report.alerts = {{"QueueDown", 1min, 2min, "queue"}, {"RunnerLoss", 9min, 11min, "none"}};
  EXPECT_THAT(after.look(Check::kMonitoring).seen, HasSubstr("firing: RunnerLoss"));
  EXPECT_FALSE(after.look(Check::kMonitoring).ok);
  after.report.alerts.clear();
  after.orchestrators.set_reachable(2, false);
  after.orchestrators.add({Metric::answers_total, delta::Status::unavailable}, 1);
  after.scrape();
  EXPECT_FALSE(after.look(Check::kMonitoring).ok);
  EXPECT_EQ(after.look(Check::kErrors).seen, "1 requests answered with unavailable or unknown");
  EXPECT_FALSE(after.look(Check::kErrors).ok);
}

TEST(Checklist, TheTestTaskCountsBeforeCanariesAndThresholdsCountTogether) {
  Recovered after;
  after.facts.canaries.push_back({2min, 3min, false});
  EXPECT_FALSE(after.look(Check::kTestTask).ok);
  after.facts.test_task = StepResult{true, "succeeded"};
  EXPECT_TRUE(after.look(Check::kTestTask).ok);
  after.facts.test_task = StepResult{false, "the test task has no run"};
  EXPECT_EQ(after.look(Check::kTestTask).seen, "the test task has no run");
  EXPECT_FALSE(after.look(Check::kTestTask).ok);
  after.report.thresholds.push_back({"jobs.rate > 100/min", std::nullopt, false});
  EXPECT_FALSE(after.look(Check::kPerformance).ok);
  EXPECT_THAT(after.look(Check::kPerformance).seen, HasSubstr("jobs.rate > 100/min: not measured"));
}

}  // namespace
}  // namespace aftershock
