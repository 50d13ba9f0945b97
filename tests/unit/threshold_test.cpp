// Thresholds: how they are written, what they are measured by, and who is judged.
#include "harness/scenario/threshold.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/engine/baseline.h"

namespace aftershock {
namespace {

using namespace std::chrono_literals;
using delta::Metric;
using testing::HasSubstr;

std::string error_of(std::string_view text) {
  const auto threshold = parse_threshold(text);
  return threshold ? "" : threshold.error().message + "|" + threshold.error().hint.value_or("");
}

TEST(Threshold, IsWrittenAsPeopleSayIt) {
  const auto api = parse_threshold(" api.p95 <200ms");
  ASSERT_TRUE(api);
  EXPECT_EQ(api->expression, "api.p95 <200ms");
  EXPECT_EQ(api->measure, Measure::api_p95);
  EXPECT_TRUE(api->is_met_by(199'999'999));
  EXPECT_FALSE(api->is_met_by(200'000'000)) << "below is not at most";
  const auto busy = parse_threshold("connections.busy < 50%");
  ASSERT_TRUE(busy);
  EXPECT_TRUE(busy->is_met_by(499'999));
  EXPECT_FALSE(busy->is_met_by(500'000));
}

TEST(Threshold, ARateIsHigherWhenItsIntervalIsShorter) {
  const auto rate = parse_threshold("jobs.rate > 100/min");
  ASSERT_TRUE(rate);
  EXPECT_TRUE(rate->is_met_by(599'999'999));
  EXPECT_FALSE(rate->is_met_by(600'000'001));
  EXPECT_FALSE(parse_threshold("jobs.rate < 100/min")->is_met_by(599'999'999));
}

TEST(Threshold, SaysWhatIsWrong) {
  EXPECT_THAT(error_of("api.p95"), HasSubstr("compares nothing"));
  EXPECT_THAT(error_of("api.p59 < 1s"), HasSubstr("did you mean 'api.p"));
  EXPECT_THAT(error_of("api.p95 < 5%"), HasSubstr("5%"));
  EXPECT_THAT(error_of("jobs.rate > 100"), HasSubstr("100"));
  EXPECT_THAT(error_of("connections.busy < 101%"), HasSubstr("101%"));
  EXPECT_NE(error_of("api.p95 < "), "");
  EXPECT_NE(error_of("<"), "");
}

/// One orchestrator, scraped at the beginning and a minute later.
Baseline minute() {
  Baseline baseline{.scrapes = std::vector<Scrape>(2), .committers = 4};
  baseline.scrapes[0].at = 100s;
  baseline.scrapes[1].at = 160s;
  delta::Metrics metrics;
  for (Scrape& scrape : baseline.scrapes) scrape.endpoints.emplace_back(metrics.snapshot());
  return baseline;
}

TEST(ThresholdMeasure, AnswersAreRankedAndNotAveraged) {
  Baseline baseline;
  EXPECT_FALSE(measure(Measure::api_p95, baseline)) << "no call";
  for (int i = 1; i <= 100; ++i) baseline.calls.emplace_back(std::chrono::milliseconds(101 - i));
  EXPECT_EQ(measure(Measure::api_p50, baseline), 50'000'000);
  EXPECT_EQ(measure(Measure::api_p95, baseline), 95'000'000);
  EXPECT_EQ(measure(Measure::api_p99, baseline), 99'000'000);
}

TEST(ThresholdMeasure, WaitingIsTheBoundOfItsBucketAndUnknownBeyondTheLast) {
  Baseline baseline = minute();
  EXPECT_FALSE(measure(Measure::scheduling_p95, baseline)) << "nothing was leased";
  delta::Metrics metrics;
  for (int i = 0; i < 95; ++i) metrics.observe(Metric::queued_to_leased, 1ns);
  for (int i = 0; i < 5; ++i) metrics.observe(Metric::queued_to_leased, 1000h);
  baseline.scrapes[1].endpoints[0] = metrics.snapshot();
  EXPECT_EQ(measure(Measure::scheduling_p95, baseline),
            delta::info_of(Metric::queued_to_leased).bounds.front().count());
  EXPECT_FALSE(measure(Measure::scheduling_p99, baseline));
}

TEST(ThresholdMeasure, JobsCountWhenTheyEndedByWork) {
  Baseline baseline = minute();
  EXPECT_FALSE(measure(Measure::jobs_rate, baseline));
  delta::Metrics metrics;
  metrics.add({Metric::jobs_total, delta::JobState::succeeded}, 100);
  metrics.add({Metric::jobs_total, delta::JobState::failed}, 20);
  metrics.add({Metric::jobs_total, delta::JobState::cancelled}, 77);
  baseline.scrapes[1].endpoints[0] = metrics.snapshot();
  EXPECT_EQ(measure(Measure::jobs_rate, baseline), 500'000'000) << "120 a minute";
  // It is started again, and has done 60 since then.
  delta::Metrics fresh;
  fresh.add({Metric::jobs_total, delta::JobState::succeeded}, 60);
  baseline.scrapes.push_back(baseline.scrapes[1]);
  baseline.scrapes[2].at = 190s;
  baseline.scrapes[2].endpoints[0] = fresh.snapshot();
  EXPECT_EQ(measure(Measure::jobs_rate, baseline), 500'000'000) << "180 in 90 s";
}

TEST(ThresholdMeasure, ConnectionsAreBusyWhileTheyAreInATransaction) {
  Baseline baseline = minute();
  delta::Metrics metrics;
  metrics.observe(Metric::transaction_duration, 24s);
  metrics.observe(Metric::transaction_duration, 24s);
  baseline.scrapes[1].endpoints[0] = metrics.snapshot();
  EXPECT_EQ(measure(Measure::connections_busy, baseline), 200'000) << "48 s of 4 x 60 s";
}

TEST(ThresholdMeasure, WhatWasNotMeasuredIsNotMet) {
  const std::vector<Threshold> thresholds{parse_threshold("api.p95 < 1h").value()};
  EXPECT_FALSE(judge_thresholds(thresholds, nullptr)[0].met);
  Baseline baseline;
  EXPECT_FALSE(judge_thresholds(thresholds, &baseline)[0].met);
  baseline.calls = {20ms};
  const ThresholdReport report = judge_thresholds(thresholds, &baseline)[0];
  EXPECT_TRUE(report.met);
  EXPECT_EQ(report.measured, "20ms");
}

}  // namespace
}  // namespace aftershock
