// The table of metrics, the registry, and the text that Prometheus reads.
#include "core/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>

#include "core/api.h"
#include "core/check.h"
#include "orchestrator/batch.h"

namespace delta {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(MetricsTable, NamesAreUniqueAndSayTheirTypeAndUnit) {
  std::set<std::string_view> names;
  for (const MetricInfo& info : kMetrics) {
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_TRUE(info.name.starts_with("delta_")) << info.name;
    EXPECT_EQ(info.name.ends_with("_total"), info.type == MetricType::counter) << info.name;
    EXPECT_EQ(info.name.ends_with("_seconds"), info.unit == MetricUnit::nanoseconds) << info.name;
    EXPECT_TRUE(info.help.ends_with(".")) << info.name;
    for (const MetricLabel& label : info.labels) {
      EXPECT_NE(label.name, "job") << info.name << ": Prometheus names its targets so";
    }
    EXPECT_EQ(info.bounds.empty(), info.type != MetricType::histogram) << info.name;
    EXPECT_EQ(std::ranges::adjacent_find(info.bounds, std::greater_equal()), info.bounds.end())
        << info.name << ": a bucket that nothing can be in";
    const bool two_labels = !info.labels[1].values.empty();
    EXPECT_FALSE(two_labels && info.type == MetricType::histogram) << info.name;
  }
  EXPECT_EQ(kMetrics.size(), static_cast<std::size_t>(Metric::schedule_lag) + 1);
}

template <class Enum>
void expect_names_of(std::span<const std::string_view> names) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ(names[i], name_of(static_cast<Enum>(i)));
  }
}

TEST(MetricsTable, LabelsAreTheNamesOfTheirEnums) {
  expect_names_of<RunState>(labels::run_states);
  expect_names_of<JobState>(labels::job_states);
  expect_names_of<LeaseState>(labels::lease_states);
  EXPECT_EQ(labels::failures[static_cast<std::size_t>(FailureClass::timeout)], "timeout");
  EXPECT_EQ(labels::failures[static_cast<std::size_t>(FailureClass::lost)], "lost");
  EXPECT_EQ(labels::statuses[static_cast<std::size_t>(Status::unavailable)], "unavailable");
  EXPECT_EQ(labels::statuses[static_cast<std::size_t>(Status::unknown)], "unknown");
  EXPECT_EQ(labels::outcomes[static_cast<std::size_t>(BatchOutcome::unknown)], "unknown");
  EXPECT_EQ(labels::sqlstates[static_cast<std::size_t>(Conflict::serialization)], "40001");
  EXPECT_EQ(labels::sqlstates[static_cast<std::size_t>(Conflict::deadlock)], "40P01");
  EXPECT_EQ(labels::sqlstates[static_cast<std::size_t>(Conflict::lock_timeout)], "55P03");
  EXPECT_EQ(labels::sqlstates[static_cast<std::size_t>(Conflict::statement_timeout)], "57014");
  EXPECT_EQ(labels::artifact_states[static_cast<std::size_t>(ArtifactState::missing)], "missing");
}

TEST(Metrics, CountersBeginAtZeroAndGaugesAreAbsent) {
  const MetricsSnapshot snapshot = Metrics().snapshot();
  EXPECT_EQ(snapshot.value(Metric::forced_cancels_total), 0);
  EXPECT_EQ(snapshot.value({Metric::runs_total, RunState::failed}), 0);
  EXPECT_EQ(snapshot.value(Metric::queue_depth), std::nullopt);
}

TEST(Metrics, EverySeriesCountsForItself) {
  Metrics metrics;
  metrics.add({Metric::background_job_runs_total, BackgroundJob::adopt, JobResult::failed}, 3);
  metrics.add({Metric::background_job_runs_total, BackgroundJob::observe, JobResult::ok});
  const MetricsSnapshot snapshot = metrics.snapshot();
  std::int64_t sum = 0;
  for (std::size_t at = 0; at < kAllSeries; ++at) sum += snapshot.at(at).value_or(0);
  EXPECT_EQ(sum, 4);
  const Series adopt{Metric::background_job_runs_total, BackgroundJob::adopt, JobResult::failed};
  EXPECT_EQ(snapshot.value(adopt), 3);
  EXPECT_EQ(label_value(adopt, 0), "adopt");
  EXPECT_EQ(label_value(adopt, 1), "failed");
}

TEST(Metrics, AHistogramObservesInTheBucketUpToItsBoundForEachLabelAlone) {
  Metrics metrics;
  const auto bounds = info_of(Metric::background_job_duration).bounds;
  metrics.observe(Metric::background_job_duration, BackgroundJob::adopt, bounds[3]);
  metrics.observe(Metric::background_job_duration, BackgroundJob::adopt, bounds.back() + 1ns);
  metrics.observe(Metric::background_job_duration, BackgroundJob::observe, 0s);
  const MetricsSnapshot snapshot = metrics.snapshot();
  const auto value = [&](BackgroundJob job, std::size_t place) {
    return snapshot.value({Metric::background_job_duration, job, place}).value();
  };
  EXPECT_EQ(value(BackgroundJob::adopt, 3), 1);
  EXPECT_EQ(value(BackgroundJob::adopt, bounds.size()), 1) << "beyond the last bound";
  EXPECT_EQ(value(BackgroundJob::adopt, bounds.size() + 1),
            (bounds[3] + bounds.back() + 1ns).count());
  EXPECT_EQ(value(BackgroundJob::observe, 0), 1);
  EXPECT_EQ(value(BackgroundJob::sweep, bounds.size() + 1), 0);
  const Series last{Metric::background_job_duration, BackgroundJob::schedule, bounds.size() + 1};
  EXPECT_EQ(label_value(last, 0), "schedule");
}

TEST(Metrics, ASeriesThatDoesNotExistIsABrokenCheck) {
  Metrics metrics;
  EXPECT_THROW(metrics.add({Metric::runs_total, 7}), CheckFailed);
  EXPECT_THROW(metrics.add(Metric::queue_depth), CheckFailed) << "a gauge does not count";
  EXPECT_THROW(metrics.set(Metric::forced_cancels_total, 1), CheckFailed);
  EXPECT_THROW(metrics.observe(Metric::forced_cancels_total, 1s), CheckFailed);
  EXPECT_THROW(metrics.observe(Metric::background_job_duration, 5, 1s), CheckFailed);
}

TEST(Metrics, AGaugeThatCannotBeReadAnyMoreIsAbsentAgain) {
  Metrics metrics;
  metrics.set(Metric::queue_depth, 7);
  EXPECT_EQ(metrics.snapshot().value(Metric::queue_depth), 7);
  metrics.clear(Metric::queue_depth);
  EXPECT_EQ(metrics.snapshot().value(Metric::queue_depth), std::nullopt);
}

TEST(Metrics, ATallyCountsAndObservesOnlyWhenItIsAdded) {
  Metrics metrics;
  MetricsTally tally;
  tally.observe(Metric::job_duration, 90s);
  tally.add({Metric::runs_total, RunState::queued});
  tally.add({Metric::runs_total, RunState::queued}, 2);
  const Series sum{Metric::job_duration, info_of(Metric::job_duration).bounds.size() + 1};
  EXPECT_EQ(metrics.snapshot().value({Metric::runs_total, RunState::queued}), 0);
  EXPECT_EQ(metrics.snapshot().value(sum), 0);
  metrics.add(tally);
  EXPECT_EQ(metrics.snapshot().value({Metric::runs_total, RunState::queued}), 3);
  EXPECT_EQ(metrics.snapshot().value(sum), Duration(90s).count());
}

TEST(PrometheusText, WritesSecondsExactlyAndBucketsCumulatively) {
  Metrics metrics;
  metrics.set(Metric::queue_oldest_age, 90s + 250ms);
  metrics.set(Metric::db_clock_offset, -(10min + 1ns));
  metrics.observe(Metric::transaction_duration, 1ms);
  metrics.observe(Metric::transaction_duration, 1ms + 1ns);
  metrics.observe(Metric::transaction_duration, 7s);
  const std::string text = prometheus_text(metrics.snapshot());
  EXPECT_THAT(text, HasSubstr("\ndelta_queue_oldest_age_seconds 90.25\n"));
  EXPECT_THAT(text, HasSubstr("\ndelta_db_clock_offset_seconds -600.000000001\n"));
  EXPECT_THAT(text, HasSubstr("\n# TYPE delta_transaction_duration_seconds histogram\n"
                              "delta_transaction_duration_seconds_bucket{le=\"0.001\"} 1\n"
                              "delta_transaction_duration_seconds_bucket{le=\"0.0025\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("_bucket{le=\"5\"} 2\n"
                              "delta_transaction_duration_seconds_bucket{le=\"+Inf\"} 3\n"
                              "delta_transaction_duration_seconds_sum 7.002000001\n"
                              "delta_transaction_duration_seconds_count 3\n"));
}

TEST(PrometheusText, AHistogramsLabelComesBeforeItsBound) {
  Metrics metrics;
  metrics.observe(Metric::background_job_duration, BackgroundJob::reconcile, 2s);
  const std::string text = prometheus_text(metrics.snapshot());
  const std::string name = "\ndelta_background_job_duration_seconds";
  EXPECT_THAT(text, HasSubstr(name + "_bucket{task=\"reconcile\",le=\"1\"} 0" + name +
                              "_bucket{task=\"reconcile\",le=\"2.5\"} 1"));
  EXPECT_THAT(text, HasSubstr(name + "_sum{task=\"reconcile\"} 2" + name +
                              "_count{task=\"reconcile\"} 1\n"));
  EXPECT_THAT(text, HasSubstr(name + "_count{task=\"sweep\"} 0\n"));
}

TEST(PrometheusText, LeavesOutWhatIsAbsentAndLabelsTheRest) {
  Metrics metrics;
  metrics.add({Metric::stale_messages_total, 3, 1}, 5);
  const std::string text = prometheus_text(metrics.snapshot());
  EXPECT_THAT(text, Not(HasSubstr("\ndelta_queue_depth ")));
  EXPECT_THAT(text,
              HasSubstr("\ndelta_stale_messages_total{kind=\"complete\",reason=\"stale\"} 5\n"));
  EXPECT_THAT(text, HasSubstr("\ndelta_forced_cancels_total 0\n"));
}

}  // namespace
}  // namespace delta
