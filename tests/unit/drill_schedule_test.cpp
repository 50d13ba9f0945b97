// Whole drills under every schedule, and exploring one.
#include <gtest/gtest.h>

#include "harness/explore/explore_drill.h"
#include "tests/unit/small_drill.h"

namespace aftershock {
namespace {

using namespace std::chrono_literals;

const SmallDrill kCrash{.disaster = R"(faults:
  - {id: crash, fault: process.kill, target: {role: runner, mode: fixed, value: 2}, at: 30s}
  - {id: restart, fault: process.restart, target: {role: orchestrator, mode: one}, at: 60s})"};

DrillReport run_under(const Scenario& scenario, std::string_view schedule, std::uint64_t seed = 1) {
  return run_simulated(scenario, {.seed = seed, .schedule = parse_schedule(schedule).value()});
}

std::string reasons_of(const DrillReport& report) {
  std::string text = report.replay;
  for (const std::string& reason : report.reasons) text += "\n  " + reason;
  return text;
}

TEST(DrillSchedule, EveryScheduleKeepsEveryInvariant) {
  const Scenario scenario = scenario_of(kCrash);
  for (const char* schedule : {"random@1ms", "round-robin", "round-robin@1ms", "pct:1", "pct:3",
                               "pct:3@1ms", "pct:10@10ms"}) {
    const ScheduleSpec spec = estimated(scenario, parse_schedule(schedule).value());
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
      const DrillReport report = run_simulated(scenario, {.seed = seed, .schedule = spec});
      EXPECT_EQ(report.verdict, Verdict::pass) << reasons_of(report);
    }
  }
}

TEST(DrillSchedule, TheDigestIsAFunctionOfTheSchedule) {
  const Scenario scenario = scenario_of(kCrash);
  const std::string digest = run_under(scenario, "pct:3:5000").digest;
  EXPECT_EQ(digest, run_under(scenario, "pct:3:5000").digest);
  EXPECT_NE(digest, run_under(scenario, "pct:3:5000", 2).digest);
  EXPECT_NE(digest, run_under(scenario, "pct:3:5000@1ms").digest);
  EXPECT_NE(digest, run_under(scenario, "random").digest);
}

TEST(DrillSchedule, TheReportNamesTheScheduleAndTheCommandRepeatsIt) {
  const Scenario scenario = scenario_of(kCrash);
  const DrillReport estimated_here = run_under(scenario, "pct:2@1ms", 5);
  EXPECT_TRUE(estimated_here.schedule.starts_with("pct:2:")) << estimated_here.schedule;
  EXPECT_EQ(estimated_here.replay,
            "aftershock run small.yaml --seed 5 --schedule " + estimated_here.schedule);
  EXPECT_EQ(run_under(scenario, estimated_here.schedule, 5).digest, estimated_here.digest);
  const DrillReport plain = run_under(scenario, "random", 5);
  EXPECT_EQ(plain.schedule, "random");
  EXPECT_EQ(plain.replay, "aftershock run small.yaml --seed 5");
}

TEST(DrillSchedule, AChoiceThatADrillDoesNotHaveMakesItInconclusive) {
  const DrillReport report = run_under(scenario_of(kCrash), "choices:30s:0=1000");
  EXPECT_EQ(report.verdict, Verdict::inconclusive);
  ASSERT_FALSE(report.reasons.empty());
  EXPECT_NE(report.reasons[0].find("the schedule names a choice"), std::string::npos);
}

/// Shorter than a drill's observation may be in earnest: what is tested is the exploring.
ExploreDrillOptions half_a_second(std::uint32_t deviations) {
  ExploreDrillOptions options;
  options.window = {.from = 30s, .until = 30s + 500ms, .depth = 12};
  options.tick = 1ms;
  options.bounds.deviations = deviations;
  options.go_on = [](const Exploration&) { return true; };
  return options;
}

TEST(ExploreDrill, RunsEveryPathOnceAndEachIsRepeatedByItsSchedule) {
  const Scenario scenario = scenario_of(kCrash);
  const Exploration found = explore_drill(scenario, half_a_second(1));
  EXPECT_TRUE(found.coverage.exhausted);
  EXPECT_GT(found.coverage.interleavings, 12U) << "a choice has at least one deviation";
  EXPECT_LE(found.coverage.most_choices, 12U);
  EXPECT_EQ(found.verdicts[std::size_t(Verdict::pass)], found.coverage.interleavings);
  EXPECT_GE(found.histories, 1U);
  EXPECT_LE(found.histories, found.coverage.interleavings);
  EXPECT_FALSE(found.failed);

  const Exploration again = explore_drill(scenario, half_a_second(1));
  EXPECT_EQ(again.coverage.interleavings, found.coverage.interleavings);
  EXPECT_EQ(again.coverage.choice_points, found.coverage.choice_points);
  EXPECT_EQ(again.histories, found.histories);
}

TEST(ExploreDrill, EndsAtTheFirstDrillThatFailsAndItsCommandRepeatsIt) {
  SmallDrill hopeless = kCrash;
  hopeless.rto = "target: 1ms, max: 1ms, recovered_when: affected_work";
  const Scenario scenario = scenario_of(hopeless);
  const Exploration found = explore_drill(scenario, half_a_second(1));
  EXPECT_EQ(found.coverage.interleavings, 1U);
  EXPECT_FALSE(found.coverage.exhausted);
  ASSERT_TRUE(found.failed);
  EXPECT_EQ(found.failed->schedule, "choices:30s@1ms");
  EXPECT_EQ(run_under(scenario, found.failed->schedule).digest, found.failed->digest);
}

TEST(ExploreDrill, EndsWhenItIsTold) {
  ExploreDrillOptions options = half_a_second(5);
  options.go_on = [](const Exploration& found) {
    return found.verdicts[std::size_t(Verdict::pass)] < 5;
  };
  const Exploration found = explore_drill(scenario_of(kCrash), options);
  EXPECT_EQ(found.coverage.interleavings, 5U);
  EXPECT_FALSE(found.coverage.exhausted);
}

TEST(ExploreDrill, LooksFromTheFirstFaultOnUnlessToldOtherwise) {
  const ExploredWindow window = default_window(scenario_of(kCrash));
  EXPECT_EQ(window.from, 30s);
  EXPECT_EQ(window.until, 15min);
}

}  // namespace
}  // namespace aftershock
