// From results to a sweep's report: no order, no averages, the quickest seeds first.
#include "harness/sweep/tally.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/rng.h"
#include "reports/sweep_json.h"
#include "reports/sweep_words.h"
#include "tests/unit/sweep_sample.h"

namespace aftershock::sweep {
namespace {

using namespace std::chrono_literals;

DrillResult canary_that_broke() { return failed({0, 1}, "audit-replays"); }

SweepReport report_of(const SweepPlan& plan, const std::vector<Entry>& entries) {
  Tally tally(plan);
  for (const Entry& entry : entries) {
    if (const auto* result = std::get_if<DrillResult>(&entry)) tally.add(*result);
    if (const auto* recheck = std::get_if<Recheck>(&entry)) tally.add(*recheck);
  }
  return tally.report();
}

TEST(SweepTally, TheOrderOfTheResultsLeavesNoTrace) {
  const SweepPlan plan = sample_plan();
  std::vector<Entry> entries{canary_that_broke(), crashed({2, 10}, "SIGSEGV", 1s)};
  for (std::uint64_t seed = 1; seed < 10; ++seed) {
    entries.emplace_back(seed % 3 == 0 ? failed({1, seed}) : passed({1, seed}));
    entries.emplace_back(passed({2, seed}));
  }
  entries.emplace_back(Recheck{{1, 2}, "a", "b", 1s});
  const std::string report = write_sweep_report(report_of(plan, entries));
  delta::Rng rng(7);
  for (int i = 0; i < 20; ++i) {
    for (std::size_t j = entries.size(); j > 1; --j)
      std::swap(entries[j - 1], entries[rng.below(j)]);
    EXPECT_EQ(write_sweep_report(report_of(plan, entries)), report);
  }
}

TEST(SweepTally, PercentilesAreFiguresThatWereSeenAndUnknownOnesAreTheLargest) {
  const SweepPlan plan = sample_plan();
  std::vector<Entry> entries;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) entries.emplace_back(passed({1, seed}));
  const Distribution all = report_of(plan, entries).scenarios[0].rta;
  EXPECT_EQ(all.count, 10U);
  EXPECT_EQ(all.p50->value, 5s);
  EXPECT_EQ(all.p95->value, 10s);
  EXPECT_EQ(all.max->value, 10s);

  std::get<DrillResult>(entries[0]).rta = SweepFigure{1s, true};  // beyond: larger than any
  std::get<DrillResult>(entries[1]).rta.reset();                  // not measured: no figure
  const Distribution some = report_of(plan, entries).scenarios[0].rta;
  EXPECT_EQ(some.count, 9U);
  EXPECT_EQ(some.p50->value, 7s);
  EXPECT_TRUE(some.max->beyond);
  EXPECT_EQ(figure_text(some.max), ">1s");
  EXPECT_EQ(figure_text(report_of(plan, {}).scenarios[0].rta.max), "-");
}

TEST(SweepTally, FailuresOfOneKindAreOneFindingWithTheQuickestSeedsFirst) {
  const SweepPlan plan = sample_plan();
  std::vector<Entry> entries;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    DrillResult result = failed({1, seed});
    result.steps = 1000 - seed / 2;  // two seeds each
    entries.emplace_back(result);
  }
  const SweepReport report = report_of(plan, entries);
  ASSERT_EQ(report.findings.size(), 1U);
  const SweepFinding& finding = report.findings[0];
  EXPECT_EQ(finding.count, 100U);
  ASSERT_EQ(finding.seeds.size(), kKeptSeeds);
  EXPECT_EQ(finding.seeds[0].seed, 100U);
  EXPECT_EQ(finding.seeds[1].seed, 98U);
  EXPECT_EQ(finding.seeds[2].seed, 99U);
  EXPECT_EQ(finding.seeds[0].replay, "aftershock run fast.yaml --seed 100");
  EXPECT_EQ(seeds_text(finding), "100 seeds: 100, 98, 99, 96, 97, 94, 95, 92, 93, 90, ..");
}

TEST(SweepTally, ASeedIsRunAgainWithTheScheduleOfTheSweep) {
  SweepPlan plan = sample_plan();
  plan.schedule = parse_schedule("pct:3@1ms").value();
  const SweepReport report = report_of(plan, {failed({1, 7}), Recheck{{1, 8}, "a", "b", 1s}});
  ASSERT_EQ(report.findings.size(), 2U);
  EXPECT_EQ(report.findings[0].seeds[0].replay,
            "aftershock run fast.yaml --seed 7 --schedule pct:3@1ms");
  EXPECT_THAT(report.findings[1].seeds[0].replay,
              testing::StartsWith("aftershock replay 8 fast.yaml --schedule pct:3@1ms --diverge "));
}

TEST(SweepTally, TheRuleOfThreeHoldsOnlyWithoutAViolation) {
  const SweepPlan plan = sample_plan();
  std::vector<Entry> entries;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) entries.emplace_back(passed({1, seed}));
  EXPECT_EQ(report_of(plan, entries).at_most_one_in, 3U);
  std::get<DrillResult>(entries[0]).ending = Ending::fail;  // of an objective
  std::get<DrillResult>(entries[1]).ending = Ending::inconclusive;
  EXPECT_EQ(report_of(plan, entries).at_most_one_in, 3U) << "their invariants were judged";
  std::get<DrillResult>(entries[1]).ending = Ending::crash;
  std::get<DrillResult>(entries[2]).ending = Ending::crash;
  EXPECT_EQ(report_of(plan, entries).at_most_one_in, 2U) << "theirs were not";
  entries.emplace_back(failed({2, 1}));
  const SweepReport report = report_of(plan, entries);
  EXPECT_FALSE(report.at_most_one_in);
  EXPECT_EQ(report.scenarios[0].at_most_one_in, 2U) << "the other scenario's";
  EXPECT_EQ(report.counts.violating, 1U);
}

TEST(SweepTally, MarksAreCountedAndClaimsThatNobodyReachedAreThere) {
  const SweepPlan plan = sample_plan();
  const SweepReport report = report_of(plan, {passed({1, 1}), passed({1, 2}), passed({2, 1})});
  ASSERT_EQ(report.marks.size(), 2U);
  EXPECT_EQ(report.marks[0].name, "forced-cancel");
  EXPECT_EQ(report.marks[0].drills, 0U);
  EXPECT_EQ(report.marks[1].drills, 3U);
  EXPECT_EQ(report.marks[1].count, 6U);
  EXPECT_TRUE(report.scenarios[0].marks[0].claimed);
  EXPECT_EQ(claimed_marks(report.marks).reached, 1U);
  EXPECT_EQ(claimed_marks(report.marks).claimed, 2U);
}

TEST(SweepTally, ACanaryThatDoesNotBreakIsAnAlarm) {
  const SweepPlan plan = sample_plan();
  SweepReport seen = report_of(plan, {canary_that_broke(), passed({1, 1})});
  EXPECT_TRUE(canary_alarms(seen).empty());
  EXPECT_EQ(verdict_of(seen), "pass");
  EXPECT_EQ(seen.counts.drills, 1U) << "a canary is no drill of the sweep";
  EXPECT_TRUE(seen.findings.empty());

  DrillResult doubtful = failed({0, 1}, "audit-replays");
  doubtful.ending = Ending::inconclusive;
  for (const DrillResult& blind :
       {passed({0, 1}), failed({0, 1}, "roll-up"), crashed({0, 1}, "x", 1s), doubtful}) {
    const SweepReport report = report_of(plan, {blind, passed({1, 1})});
    EXPECT_EQ(canary_alarms(report).size(), 1U);
    EXPECT_EQ(verdict_of(report), "fail");
  }
  // Of several shards, one that is blind decides, whenever it is read.
  for (const auto& [first, second] :
       {std::pair(canary_that_broke(), passed({0, 1})), {passed({0, 1}), canary_that_broke()}}) {
    EXPECT_EQ(canary_alarms(report_of(plan, {first, second})).size(), 1U);
  }
  EXPECT_EQ(canary_alarms(report_of(plan, {})).size(), 1U) << "it was not even run";
  SweepReport interrupted = report_of(plan, {});
  interrupted.ended = "interrupted";
  EXPECT_TRUE(canary_alarms(interrupted).empty());
  EXPECT_EQ(verdict_of(interrupted), "aborted");
}

TEST(SweepTally, ASecondDigestIsAFindingOfItsOwn) {
  const SweepPlan plan = sample_plan();
  const SweepReport report = report_of(
      plan, {passed({1, 1}), Recheck{{1, 1}, "a", "a", 1s}, Recheck{{1, 2}, "a", "b", 1s}});
  EXPECT_EQ(report.counts.rechecked, 2U);
  EXPECT_EQ(report.counts.nondeterministic, 1U);
  ASSERT_EQ(report.findings.size(), 1U);
  EXPECT_EQ(report.findings[0].kind, FindingKind::nondeterminism);
  EXPECT_EQ(report.findings[0].seeds[0].why, "digest a, then b");
  EXPECT_EQ(report.findings[0].seeds[0].replay,
            "aftershock replay " + std::to_string(report.findings[0].seeds[0].seed) + " " +
                plan.scenarios[1].path + " --diverge \"$(command -v aftershock)\"");
}

}  // namespace
}  // namespace aftershock::sweep
