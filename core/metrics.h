// The metrics of one process: a registry that counts, and snapshots of it.
#pragma once

#include <atomic>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/metrics_table.h"

namespace delta {

/// Where a metric's series begin, in one row of all series.
inline constexpr auto kFirstSeries = [] {
  std::array<std::size_t, kMetrics.size() + 1> first{};
  for (std::size_t i = 0; i < kMetrics.size(); ++i)
    first[i + 1] = first[i] + series_of(kMetrics[i]);
  return first;
}();
inline constexpr std::size_t kAllSeries = kFirstSeries.back();

/// One series of a metric: which value each of its labels has, by the index in the label's list. A
/// histogram's bucket comes after its label.
struct Series {
  Metric metric;
  std::size_t index = 0;  ///< among the metric's series

  constexpr Series(Metric of) : metric(of) {}  // NOLINT(google-explicit-constructor): no labels
  template <class Label>
  constexpr Series(Metric of, Label label) : metric(of), index(static_cast<std::size_t>(label)) {}
  template <class First, class Second>
  constexpr Series(Metric of, First first, Second second)
      : metric(of),
        index(static_cast<std::size_t>(first) * stride_of(info_of(of)) +
              static_cast<std::size_t>(second)) {}

  /// In the row of all series. Broken CHECK: the metric has no such series.
  std::size_t position() const;
};

/// What a process's metrics were at one moment. Counts, and durations in nanoseconds.
class MetricsSnapshot {
 public:
  static constexpr std::int64_t kAbsent = std::numeric_limits<std::int64_t>::min();

  MetricsSnapshot() : values_(kAllSeries, kAbsent) {}

  /// None: a gauge that could not be read. Counters and histograms always have a value.
  std::optional<std::int64_t> value(Series series) const { return at(series.position()); }
  /// By its place in the row of all series.
  std::optional<std::int64_t> at(std::size_t position) const {
    const std::int64_t value = values_[position];
    return value == kAbsent ? std::nullopt : std::optional(value);
  }
  void set(Series series, std::int64_t value) { values_[series.position()] = value; }

 private:
  friend class Metrics;
  std::vector<std::int64_t> values_;
};

/// What is not certain yet: counted and observed together when its transaction has committed.
class MetricsTally {
 public:
  void add(Series counter, std::int64_t count = 1) { noted_.emplace_back(counter, count); }
  void observe(Metric histogram, Duration value) { noted_.emplace_back(histogram, value.count()); }

 private:
  friend class Metrics;
  std::vector<std::pair<Series, std::int64_t>> noted_;
};

/// Thread: any. Never suspends, takes no lock.
class Metrics {
 public:
  Metrics();

  void add(Series counter, std::int64_t count = 1);
  void add(const MetricsTally& tally);
  void set(Metric gauge, std::int64_t value);
  void set(Metric gauge, Duration value) { set(gauge, value.count()); }
  /// It cannot be read now; an old value would be mistaken for a present one.
  void clear(Metric gauge) { set(gauge, MetricsSnapshot::kAbsent); }
  void observe(Metric histogram, Duration value) { observe(histogram, 0, value); }
  /// With this value of its label.
  template <class Label>
  void observe(Metric histogram, Label label, Duration value) {
    observe_in(Series(histogram, label, 0), value);
  }

  /// None: a gauge that could not be read.
  std::optional<std::int64_t> value(Series series) const;
  MetricsSnapshot snapshot() const;

 private:
  /// `first`: the first of its series with these labels.
  void observe_in(Series first, Duration value);

  std::array<std::atomic<std::int64_t>, kAllSeries> values_;
};

/// The value of one label of a series. A histogram's bucket is not a label.
std::string_view label_value(Series series, std::size_t label);

/// Prometheus text exposition (format 0.0.4). Absent gauges are left out.
std::string prometheus_text(const MetricsSnapshot& snapshot);

}  // namespace delta
