// Runbooks: steps in their order, assumed delays apart from what was simulated, and lifted faults.
#include <gtest/gtest.h>

#include "harness/engine/recovery.h"
#include "tests/unit/small_drill.h"

namespace aftershock {
namespace {

using namespace std::chrono_literals;

StepReport step(Duration triggered, Duration delay) {
  StepReport report;
  report.triggered = triggered;
  report.assumed_delay = delay;
  report.began = triggered + delay;
  return report;
}

TEST(AssumedTime, CountsOverlappingDelaysOnceAndNothingOutside) {
  const Bounds within{10s, 100s};
  EXPECT_EQ(assumed_time({}, within), 0s);
  EXPECT_EQ(assumed_time(std::vector{step(20s, 30s)}, within), 30s);
  EXPECT_EQ(assumed_time(std::vector{step(20s, 30s), step(40s, 20s)}, within), 40s);
  EXPECT_EQ(assumed_time(std::vector{step(0s, 20s), step(90s, 60s)}, within), 20s);
  StepReport never = step(20s, 30s);
  never.began.reset();
  EXPECT_EQ(assumed_time(std::vector{never}, within), 0s);
}

DrillReport run(const std::string& runbook) {
  SmallDrill drill;
  drill.disaster = R"(faults:
  - {id: outage, fault: database.outage, target: {role: database, mode: all}, at: 20s,
     duration: 5m}
runbook:
)" + runbook;
  drill.jobs = "{shape: single, duration: {min: 3s, max: 8s}, artifacts: 1}";
  return run(drill, 1);
}

TEST(Runbook, AStepThatLiftsTheFaultEndsTheOutageSooner) {
  const DrillReport report =
      run("  - {step: lift_fault, by: automation, after: {alert: DatabaseDown}, delay: 10s,\n"
          "     parameters: {fault: outage}}\n");
  EXPECT_EQ(report.verdict, Verdict::pass);
  ASSERT_EQ(report.runbook.size(), 1U);
  EXPECT_TRUE(report.runbook[0].done) << report.runbook[0].outcome;
  EXPECT_EQ(*report.runbook[0].began, *report.runbook[0].triggered + 10s);
  EXPECT_LT(*report.faults[0].healed, 2min);
  EXPECT_LT(*report.phases.detected, *report.phases.decided);
  EXPECT_LE(*report.phases.decided, *report.phases.restored);
  EXPECT_LE(*report.phases.restored, *report.phases.served);
  EXPECT_EQ(report.rto.assumed, 10s);
}

TEST(Runbook, ARecoveryThatIsMostlyAssumedIsMetUnderAssumptions) {
  const DrillReport report =
      run("  - {step: lift_fault, by: operator, after: {time: 30s}, delay: 3m,\n"
          "     parameters: {fault: outage}}\n");
  EXPECT_EQ(report.verdict, Verdict::pass);
  EXPECT_EQ(report.rto.objective.judgement, Judgement::met_assumed);
  EXPECT_EQ(report.rto.assumed, 3min);
}

TEST(Runbook, AStepAfterAnotherWaitsForItAndOperatorsActThroughTheApi) {
  const DrillReport report = run(
      "  - {id: pause, step: pause_ingestion, by: operator, after: {time: 1s}}\n"
      "  - {id: go-on, step: resume_ingestion, by: operator, after: {step: pause}, delay: 5s}\n");
  EXPECT_EQ(report.verdict, Verdict::pass);
  for (const StepReport& each : report.runbook) EXPECT_TRUE(each.done) << each.outcome;
  EXPECT_GE(*report.runbook[1].began, *report.runbook[0].ended + 5s);
  const auto changed = std::ranges::find(report.marks, "policy-changed", &MarkReport::name);
  ASSERT_NE(changed, report.marks.end());
  EXPECT_EQ(changed->count, 2U);
}

TEST(Runbook, AStepThatIsNeverTriggeredMakesTheDrillInconclusive) {
  const DrillReport report =
      run("  - {step: reenqueue, by: operator, after: {alert: SecretsUnavailable}}\n");
  EXPECT_EQ(report.verdict, Verdict::inconclusive);
  EXPECT_FALSE(report.runbook[0].done);
}

}  // namespace
}  // namespace aftershock
