// In which way a drill failed, and what else makes it a bad example of that.
#include "harness/shrink/failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/report_sample.h"
#include "tests/unit/shrink_fixture.h"

namespace aftershock::shrink {
namespace {

using Kind = Failure::Kind;
using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

DrillReport failed(const std::vector<std::string>& broken) {
  DrillReport report = passed_drill();
  report.detection.clear();
  report.verdict = Verdict::fail;
  for (const std::string& invariant : broken) {
    report.violations.push_back({invariant, 1s, "once", {}, {}});
    report.reasons.push_back("invariant " + invariant + " violated: once");
  }
  return report;
}

void breach_rto(DrillReport& report) {
  report.rto.objective.judgement = Judgement::breached;
  report.reasons.emplace_back("RTO breached");
}

void miss(DrillReport& report, const std::string& alert) {
  report.detection.push_back({alert, 10s, "", {}, "", false});
  report.reasons.push_back("the alert " + alert + " did not fire");
}

const Failure kOrphan{Kind::invariant, "no-orphans"};

TEST(ShrinkFailure, TheWorstComesFirstAndEachOnce) {
  DrillReport report = failed({"no-orphans", "roll-up", "no-orphans"});
  breach_rto(report);
  miss(report, "DatabaseDown");
  EXPECT_THAT(failures_of(large_scenario(), report),
              ElementsAre(kOrphan, Failure{Kind::invariant, "roll-up"}, Failure{Kind::rto, ""},
                          Failure{Kind::detection, "DatabaseDown"}));
}

TEST(ShrinkFailure, OnlyAFailedDrillHasAny) {
  DrillReport report = failed({"no-orphans"});
  report.verdict = Verdict::inconclusive;
  EXPECT_THAT(failures_of(large_scenario(), report), IsEmpty());
}

TEST(ShrinkFailure, AViolationThatWasAskedForIsNone) {
  Scenario scenario = large_scenario();
  scenario.violates = "no-orphans";
  EXPECT_THAT(failures_of(scenario, failed({"no-orphans", "roll-up"})),
              ElementsAre(Failure{Kind::invariant, "roll-up"}));
  EXPECT_THAT(failures_of(scenario, failed({})),
              ElementsAre(Failure{Kind::unbroken, "no-orphans"}));
}

TEST(ShrinkFailure, DoubtsAndOtherFailuresAreFlaws) {
  const Scenario scenario = large_scenario();  // which excepts wake-up
  const auto flaws = [&](const DrillReport& report) {
    return flaws_beside(kOrphan, scenario, report, scenario.excepted_invariants);
  };
  EXPECT_FALSE(flaws(failed({"roll-up"})));
  DrillReport report = failed({"no-orphans", "roll-up"});
  EXPECT_EQ(flaws(report)->doubts + flaws(report)->others, 0U)
      << "what else the same bug breaks is none";
  report.reasons.insert(report.reasons.begin(), "a fault did not bite");
  EXPECT_EQ(flaws(report)->doubts, 1U);
  breach_rto(report);
  miss(report, "DatabaseDown");
  EXPECT_EQ(flaws(report)->doubts, 1U);
  EXPECT_EQ(flaws(report)->others, 2U);
  EXPECT_EQ(flaws(failed({"no-orphans", "wake-up"}))->others, 1U) << "it was excepted";
}

TEST(ShrinkFailure, MoreWorkThanTheSlotsCanBearIsADoubt) {
  Scenario scenario = large_scenario();  // 4 jobs of 10s every 1.43s: 28 of 48 slots
  const auto doubts = [&] {
    return flaws_beside(kOrphan, scenario, failed({"no-orphans"}), {})->doubts;
  };
  EXPECT_EQ(doubts(), 0U);
  scenario.cluster.runners.slots = 3;
  EXPECT_EQ(doubts(), 1U);
  scenario.workload.jobs.shape = JobShape::kChain;
  EXPECT_EQ(doubts(), 0U);
}

TEST(ShrinkFailure, TheFailureItselfIsNoFlaw) {
  DrillReport report = failed({});
  breach_rto(report);
  const auto flaws = flaws_beside({Kind::rto, ""}, large_scenario(), report, {});
  ASSERT_TRUE(flaws);
  EXPECT_EQ(flaws->doubts + flaws->others, 0U);
}

TEST(ShrinkFailure, FlawsOfOneSortDoNotPayForTheOther) {
  const Flaws none{}, doubtful{.doubts = 1, .others = 0}, breached{.doubts = 0, .others = 2};
  EXPECT_TRUE(none.no_worse_than(doubtful));
  EXPECT_FALSE(doubtful.no_worse_than(breached));
  EXPECT_FALSE(breached.no_worse_than(doubtful));
}

}  // namespace
}  // namespace aftershock::shrink
