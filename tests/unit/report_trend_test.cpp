// RTA and RPA over time: what counts as usual, and what as worse.
#include "reports/trend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/report_sample.h"

namespace aftershock {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// An exercise on that day of November, in which the drill took so long.
Report held_on(int day, Duration rta, Verdict verdict = Verdict::pass) {
  Report report{.tool_version = "1", .drills = {passed_drill()}};
  report.drills[0].verdict = verdict;
  report.drills[0].rto.measured = Bounds{0s, rta};
  report.occasion.began = "2026-11-" + std::to_string(day) + "T09:00:00Z";
  report.occasion.exercise = report.occasion.began + "-x";
  return report;
}

TrendLine line_of(const std::vector<Report>& reports, const TrendOptions& options = {}) {
  TrendCollector collector;
  for (const Report& report : reports) collector.add(report);
  return collector.lines(options).at(0);
}

TEST(Trend, TheLastIsComparedWithTheMedianOfThoseBefore) {
  const TrendLine line =
      line_of({held_on(14, 60s), held_on(11, 50s), held_on(12, 300s), held_on(13, 52s)});
  EXPECT_EQ(line.points.front().began, "2026-11-11T09:00:00Z") << "by time, not as they came";
  EXPECT_EQ(line.usual_rta, 52s) << "one bad day is not usual";
  EXPECT_TRUE(line.rta_worse);
  EXPECT_FALSE(line.verdict_worse);
}

TEST(Trend, SoMuchIsTolerated) {
  const std::vector<Report> reports{held_on(11, 100s), held_on(12, 110s)};
  EXPECT_FALSE(line_of(reports).rta_worse);
  EXPECT_TRUE(line_of(reports, {.tolerance_percent = 9}).rta_worse);
}

TEST(Trend, OnlyTheLastExercisesAreUsual) {
  const std::vector<Report> reports{held_on(11, 10s), held_on(12, 10s), held_on(13, 90s),
                                    held_on(14, 90s)};
  EXPECT_EQ(line_of(reports, {.window = 1}).usual_rta, 90s);
  EXPECT_EQ(line_of(reports).usual_rta, 10s);
}

TEST(Trend, ADrillThatPassedAndPassesNoMoreIsWorse) {
  EXPECT_TRUE(line_of({held_on(11, 9s), held_on(12, 9s, Verdict::inconclusive)}).verdict_worse);
  EXPECT_FALSE(
      line_of({held_on(11, 9s, Verdict::fail), held_on(12, 9s, Verdict::fail)}).verdict_worse);
}

TEST(Trend, NoRecoveryAtAllIsWorseThanALateOne) {
  Report never = held_on(13, 0s, Verdict::fail);
  never.drills[0].rto.measured.reset();
  const TrendLine line = line_of({held_on(11, 9s), held_on(12, 9s, Verdict::fail), never});
  EXPECT_FALSE(line.verdict_worse) << "it failed before";
  EXPECT_TRUE(line.rta_worse);
}

TEST(Trend, DrillsOfTwoSystemsAreTwoLines) {
  Report report = held_on(11, 9s);
  report.drills.push_back(report.drills[0]);
  report.drills[1].system = "another";
  TrendCollector collector;
  collector.add(report);
  EXPECT_EQ(collector.lines({}).size(), 2U);
}

TEST(Trend, AnotherSeedIsSaid) {
  Report other = held_on(12, 9s);
  other.drills[0].seed = 99;
  EXPECT_TRUE(line_of({held_on(11, 9s), other}).seed_changed);
}

TEST(Trend, TheFirstExerciseIsNeverWorse) {
  const TrendLine line = line_of({held_on(11, 9s, Verdict::fail)});
  EXPECT_FALSE(line.is_regression());
  EXPECT_FALSE(line.usual_rta);
}

TEST(Trend, LossIsWorseThanNone) {
  Report lossy = held_on(12, 9s);
  lossy.drills[0].rpo.measured = 1s;
  EXPECT_TRUE(line_of({held_on(11, 9s), lossy}).rpa_worse);
}

TEST(Trend, SaysSoInEveryForm) {
  TrendCollector collector;
  collector.add(held_on(11, 50s));
  Report last = held_on(12, 100s);
  last.drills[0].sha256 = "other";
  collector.add(last);
  const std::vector<TrendLine> lines = collector.lines({});
  const std::string text = format_trend(lines, {.width = 200});
  EXPECT_THAT(text, HasSubstr("50s        1m40s  \u2584\u2588"));
  EXPECT_THAT(text, HasSubstr("WORSE: RTA longer, another scenario file"));
  EXPECT_THAT(text, HasSubstr("1 drill: 1 worse\n"));
  EXPECT_THAT(format_trend_markdown(lines), HasSubstr("| WORSE: RTA longer"));
  const auto json = nlohmann::json::parse(format_trend_json(lines));
  EXPECT_EQ(json["drills"][0]["points"][1]["rta"]["text"], "1m40s");
  EXPECT_EQ(json["drills"][0]["rta_worse"], true);
}

TEST(Trend, OfNothingThereIsNothing) {
  EXPECT_THAT(format_trend({}, {}), HasSubstr("0 drills: none is worse"));
}

}  // namespace
}  // namespace aftershock
