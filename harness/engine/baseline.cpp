#include "harness/engine/baseline.h"

#include <algorithm>
#include <numeric>

#include "core/decimal.h"
#include "core/states.h"
#include "reports/text.h"

namespace aftershock {
namespace {

using delta::Metric;
using delta::MetricsSnapshot;

/// By how much a series grew between two scrapes; a counter that fell was started again.
std::int64_t growth(const MetricsSnapshot& from, const MetricsSnapshot& to, std::size_t position) {
  const std::int64_t before = from.at(position).value_or(0);
  const std::int64_t after = to.at(position).value_or(0);
  return after < before ? after : after - before;
}

/// Over all orchestrators and the whole time.
std::int64_t growth(const std::vector<Scrape>& scrapes, std::size_t position) {
  std::int64_t sum = 0;
  for (std::size_t endpoint = 0; endpoint < scrapes.front().endpoints.size(); ++endpoint) {
    const MetricsSnapshot* last = nullptr;
    for (const Scrape& scrape : scrapes) {
      const auto& now = scrape.endpoints[endpoint];
      if (!now) continue;
      if (last != nullptr) sum += growth(*last, *now, position);
      last = &*now;
    }
  }
  return sum;
}

/// The rank of the smallest value that so many percent do not exceed, from 1.
std::int64_t rank(std::int64_t count, std::int64_t percent) { return (count * percent + 99) / 100; }

std::optional<std::int64_t> percentile(std::vector<delta::Duration> values, std::int64_t percent) {
  if (values.empty()) return std::nullopt;
  const auto at = values.begin() + rank(std::int64_t(values.size()), percent) - 1;
  std::ranges::nth_element(values, at);
  return at->count();
}

std::optional<std::int64_t> percentile(const std::vector<Scrape>& scrapes, Metric histogram,
                                       std::int64_t percent) {
  const auto bounds = delta::info_of(histogram).bounds;
  std::vector<std::int64_t> counts;
  for (std::size_t bucket = 0; bucket <= bounds.size(); ++bucket) {
    counts.push_back(growth_of(scrapes, histogram, bucket));
  }
  const std::int64_t all = std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
  if (all == 0) return std::nullopt;
  std::int64_t passed = 0;
  for (std::size_t bucket = 0; bucket < bounds.size(); ++bucket) {
    passed += counts[bucket];
    if (passed >= rank(all, percent)) return bounds[bucket].count();
  }
  return std::nullopt;
}

/// From one job that was worked on to its end to the next.
std::optional<std::int64_t> job_interval(const std::vector<Scrape>& scrapes) {
  std::int64_t jobs = 0;
  const auto& states = delta::info_of(Metric::jobs_total).labels[0].values;
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (states[i] == "succeeded" || states[i] == "failed" || states[i] == "timed_out") {
      jobs += growth_of(scrapes, Metric::jobs_total, i);
    }
  }
  const std::int64_t time = (scrapes.back().at - scrapes.front().at).count();
  return jobs == 0 ? std::nullopt : std::optional(time / jobs);
}

/// Share of the time in which the connections for transactions were in one.
std::optional<std::int64_t> busy_share(const Baseline& baseline) {
  constexpr std::int64_t million = 1'000'000;
  const std::size_t sum = delta::stride_of(delta::info_of(Metric::transaction_duration)) - 1;
  const std::int64_t busy = growth_of(baseline.scrapes, Metric::transaction_duration, sum);
  const std::int64_t time = (baseline.scrapes.back().at - baseline.scrapes.front().at).count();
  const auto connections = static_cast<std::int64_t>(baseline.committers) *
                           std::int64_t(baseline.scrapes.front().endpoints.size());
  return static_cast<std::int64_t>(delta::Wide{busy} * million / (time * connections));
}

std::string tenths(std::int64_t value) {
  return std::to_string(value / 10) + "." + std::to_string(value % 10);
}

std::string figure(MeasureUnit unit, std::int64_t value) {
  constexpr std::int64_t tenths_a_minute = 600'000'000'000, ppm_a_tenth = 1'000;
  switch (unit) {
    case MeasureUnit::duration: return rounded_up(delta::Duration(value));
    case MeasureUnit::rate:
      return tenths(tenths_a_minute / std::max<std::int64_t>(value, 1)) + "/min";
    case MeasureUnit::share: return tenths((value + ppm_a_tenth - 1) / ppm_a_tenth) + "%";
  }
  return "";
}

}  // namespace

std::int64_t growth_of(const std::vector<Scrape>& scrapes, Metric metric, std::size_t index) {
  return growth(scrapes, delta::kFirstSeries.at(std::size_t(metric)) + index);
}

std::expected<delta::Response, delta::CallError> TimedTransport::call(std::size_t endpoint,
                                                                      delta::Request request,
                                                                      delta::Duration timeout) {
  const delta::MonoTime sent = clock_.now();
  auto answer = inner_.call(endpoint, std::move(request), timeout);
  ++counts_.asked;
  if (answer) calls_.push_back({sent, clock_.now() - sent});
  const bool failed = !answer || answer->status == delta::Status::unavailable ||
                      answer->status == delta::Status::unknown;
  if (failed) ++counts_.failed;
  return answer;
}

std::optional<std::int64_t> measure(Measure what, const Baseline& baseline) {
  const bool has_time = baseline.scrapes.size() > 1;
  switch (what) {
    case Measure::api_p50: return percentile(baseline.calls, 50);
    case Measure::api_p95: return percentile(baseline.calls, 95);
    case Measure::api_p99: return percentile(baseline.calls, 99);
    case Measure::scheduling_p50:
    case Measure::scheduling_p95:
    case Measure::scheduling_p99:
      if (!has_time) return std::nullopt;
      return percentile(baseline.scrapes, Metric::queued_to_leased,
                        what == Measure::scheduling_p50   ? 50
                        : what == Measure::scheduling_p95 ? 95
                                                          : 99);
    case Measure::jobs_rate: return has_time ? job_interval(baseline.scrapes) : std::nullopt;
    case Measure::connections_busy: return has_time ? busy_share(baseline) : std::nullopt;
  }
  return std::nullopt;
}

std::vector<ThresholdReport> judge_thresholds(std::span<const Threshold> thresholds,
                                              const Baseline* baseline) {
  std::vector<ThresholdReport> reports;
  for (const Threshold& threshold : thresholds) {
    ThresholdReport report{.expression = threshold.expression};
    const auto value = baseline == nullptr ? std::nullopt : measure(threshold.measure, *baseline);
    if (value) {
      report.measured = figure(unit_of(threshold.measure), *value);
      report.met = threshold.is_met_by(*value);
    }
    reports.push_back(std::move(report));
  }
  return reports;
}

}  // namespace aftershock
