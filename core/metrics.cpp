#include "core/metrics.h"

#include <algorithm>

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
  for (const auto& [series, value] : tally.noted_) {
    if (info_of(series.metric).type == MetricType::histogram) {
      observe_in(series, Duration(value));
    } else {
      add(series, value);
    }
  }
}

void Metrics::set(Metric gauge, std::int64_t value) {
  CHECK(info_of(gauge).type == MetricType::gauge);
  values_[Series(gauge).position()].store(value, std::memory_order_relaxed);
}

void Metrics::observe_in(Series first, Duration value) {
  const MetricInfo& info = info_of(first.metric);
  CHECK(info.type == MetricType::histogram);
  const std::size_t begin = first.position();
  const auto bucket = std::ranges::lower_bound(info.bounds, value) - info.bounds.begin();
  values_[begin + static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  values_[begin + stride_of(info) - 1].fetch_add(value.count(), std::memory_order_relaxed);
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
  const MetricInfo& info = info_of(series.metric);
  const std::size_t stride = stride_of(info);
  return info.labels.at(label).values[label == 0 ? series.index / stride : series.index % stride];
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

/// name="value",name="value"
std::string labels_text(Series series) {
  std::string text;
  const auto& labels = info_of(series.metric).labels;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i].values.empty()) continue;
    text += (text.empty() ? "" : ",") + std::string(labels[i].name) + "=\"" +
            std::string(label_value(series, i)) + "\"";
  }
  return text;
}

std::string in_braces(const std::string& labels) {
  return labels.empty() ? labels : "{" + labels + "}";
}

/// The series from `first` on, which have the same labels.
void write_histogram(Series first, const MetricsSnapshot& snapshot, std::string& out) {
  const MetricInfo& info = info_of(first.metric);
  const std::string name(info.name);
  const std::string labels = labels_text(first);
  const auto nth = [&](std::size_t i) {
    return snapshot.value({first.metric, first.index + i}).value_or(0);
  };
  std::int64_t count = 0;
  for (std::size_t i = 0; i <= info.bounds.size(); ++i) {
    count += nth(i);
    const std::string bound =
        i < info.bounds.size() ? value_text(info.unit, info.bounds[i].count()) : "+Inf";
    const std::string all = labels + (labels.empty() ? "" : ",") + "le=\"" + bound + "\"";
    out += name + "_bucket" + in_braces(all) + " " + std::to_string(count) + "\n";
  }
  const std::int64_t sum = nth(info.bounds.size() + 1);
  out += name + "_sum" + in_braces(labels) + " " + value_text(info.unit, sum) + "\n";
  out += name + "_count" + in_braces(labels) + " " + std::to_string(count) + "\n";
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
      for (std::size_t first = 0; first < series_of(info); first += stride_of(info)) {
        write_histogram({metric, first}, snapshot, out);
      }
      continue;
    }
    for (std::size_t index = 0; index < series_of(info); ++index) {
      const Series series(metric, index);
      const auto value = snapshot.value(series);
      if (!value) continue;
      out += name + in_braces(labels_text(series)) + " " + value_text(info.unit, *value) + "\n";
    }
  }
  return out;
}

}  // namespace delta
