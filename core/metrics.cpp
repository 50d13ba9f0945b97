#include "core/metrics.h"

#include "core/check.h"

namespace delta {

std::size_t Series::position() const {
  const auto of = static_cast<std::size_t>(metric);
  CHECK(index < kFirstSeries.at(of + 1) - kFirstSeries.at(of));
  return kFirstSeries.at(of) + index;
}

Metrics::Metrics() {
  for (std::size_t i = 0; i < kMetrics.size(); ++i) {
    const bool gauge = kMetrics[i].type == MetricType::gauge;
    for (std::size_t at = kFirstSeries[i]; at < kFirstSeries[i + 1]; ++at) {
      values_[at].store(gauge ? MetricsSnapshot::kAbsent : 0, std::memory_order_relaxed);
    }
  }
}

void Metrics::add(Series counter, std::int64_t count) {
  CHECK(info_of(counter.metric).type == MetricType::counter && count >= 0);
  values_[counter.position()].fetch_add(count, std::memory_order_relaxed);
}

void Metrics::add(const MetricsTally& tally) {
  for (const auto& [series, count] : tally.counts_) add(series, count);
}

void Metrics::set(Metric gauge, std::int64_t value) {
  CHECK(info_of(gauge).type == MetricType::gauge);
  values_[Series(gauge).position()].store(value, std::memory_order_relaxed);
}

void Metrics::observe(Metric histogram, Duration value) {
  CHECK(info_of(histogram).type == MetricType::histogram);
  std::size_t bucket = 0;
  while (bucket < kDurationBounds.size() && value > kDurationBounds[bucket]) ++bucket;
  values_[Series(histogram, bucket).position()].fetch_add(1, std::memory_order_relaxed);
  values_[Series(histogram, kHistogramSeries - 1).position()].fetch_add(value.count(),
                                                                        std::memory_order_relaxed);
}

std::optional<std::int64_t> Metrics::value(Series series) const {
  const std::int64_t value = values_[series.position()].load(std::memory_order_relaxed);
  return value == MetricsSnapshot::kAbsent ? std::nullopt : std::optional(value);
}

MetricsSnapshot Metrics::snapshot() const {
  MetricsSnapshot snapshot;
  for (std::size_t at = 0; at < kAllSeries; ++at) {
    snapshot.values_[at] = values_[at].load(std::memory_order_relaxed);
  }
  return snapshot;
}

std::string_view label_value(Series series, std::size_t label) {
  const auto& labels = info_of(series.metric).labels;
  const std::size_t second = labels[1].values.empty() ? 1 : labels[1].values.size();
  return labels.at(label).values[label == 0 ? series.index / second : series.index % second];
}

namespace {

constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;

/// Exact: "0.0025", "-12", "3".
std::string seconds_text(std::int64_t nanoseconds) {
  const bool negative = nanoseconds < 0;
  const auto size =
      negative ? -static_cast<std::uint64_t>(nanoseconds) : static_cast<std::uint64_t>(nanoseconds);
  std::string fraction = std::to_string(kNanosecondsPerSecond +
                                        static_cast<std::int64_t>(size % kNanosecondsPerSecond));
  fraction.front() = '.';
  while (fraction.back() == '0') fraction.pop_back();
  if (fraction.back() == '.') fraction.pop_back();
  return (negative ? "-" : "") + std::to_string(size / kNanosecondsPerSecond) + fraction;
}

std::string value_text(MetricUnit unit, std::int64_t value) {
  return unit == MetricUnit::nanoseconds ? seconds_text(value) : std::to_string(value);
}

std::string labels_text(Series series) {
  std::string text;
  const auto& labels = info_of(series.metric).labels;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i].values.empty()) continue;
    text += (text.empty() ? "{" : ",") + std::string(labels[i].name) + "=\"" +
            std::string(label_value(series, i)) + "\"";
  }
  return text.empty() ? text : text + "}";
}

void write_histogram(Metric metric, const MetricsSnapshot& snapshot, std::string& out) {
  const std::string name(info_of(metric).name);
  std::int64_t count = 0;
  for (std::size_t i = 0; i <= kDurationBounds.size(); ++i) {
    count += snapshot.value({metric, i}).value_or(0);
    const std::string bound = i < kDurationBounds.size()
                                  ? value_text(info_of(metric).unit, kDurationBounds[i].count())
                                  : "+Inf";
    out += name + "_bucket{le=\"" + bound + "\"} " + std::to_string(count) + "\n";
  }
  const std::int64_t sum = snapshot.value({metric, kHistogramSeries - 1}).value_or(0);
  out += name + "_sum " + value_text(info_of(metric).unit, sum) + "\n";
  out += name + "_count " + std::to_string(count) + "\n";
}

constexpr std::string_view name_of(MetricType type) {
  constexpr std::array<std::string_view, 3> names{"counter", "gauge", "histogram"};
  return names.at(static_cast<std::size_t>(type));
}

}  // namespace

std::string prometheus_text(const MetricsSnapshot& snapshot) {
  std::string out;
  for (std::size_t i = 0; i < kMetrics.size(); ++i) {
    const MetricInfo& info = kMetrics[i];
    const auto metric = static_cast<Metric>(i);
    const std::string name(info.name);
    out += "# HELP " + name + " " + std::string(info.help) + "\n";
    out += "# TYPE " + name + " " + std::string(name_of(info.type)) + "\n";
    if (info.type == MetricType::histogram) {
      write_histogram(metric, snapshot, out);
      continue;
    }
    for (std::size_t index = 0; index < series_of(info); ++index) {
      const Series series(metric, index);
      const auto value = snapshot.value(series);
      if (value) out += name + labels_text(series) + " " + value_text(info.unit, *value) + "\n";
    }
  }
  return out;
}

}  // namespace delta
