#include "client/metrics_text.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

namespace delta::client {

namespace {

constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;
constexpr std::size_t kMostDecimals = 9;

std::optional<std::int64_t> whole(std::string_view text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

/// "-12.0025" as nanoseconds, exactly.
std::optional<std::int64_t> nanoseconds(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  std::string decimals(text.substr(std::min(point + 1, text.size())));
  if (decimals.size() > kMostDecimals) return std::nullopt;
  decimals.resize(kMostDecimals, '0');
  const auto seconds = whole(text.substr(0, point));
  const auto rest = whole(decimals);
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max() / kNanosecondsPerSecond;
  if (!seconds || !rest || *seconds < 0 || *rest < 0 || *seconds >= most) return std::nullopt;
  const std::int64_t sum = *seconds * kNanosecondsPerSecond + *rest;
  return negative ? -sum : sum;
}

/// name{labels} value
struct Line {
  std::string_view name;
  std::string_view labels;  ///< without the braces
  std::string_view value;
};

std::optional<Line> split(std::string_view line) {
  const std::size_t end = line.find_first_of("{ ");
  if (end == std::string_view::npos || end == 0) return std::nullopt;
  Line parts{line.substr(0, end), {}, line.substr(end)};
  if (parts.value.front() == '{') {
    const std::size_t close = parts.value.find('}');
    if (close == std::string_view::npos) return std::nullopt;
    parts.labels = parts.value.substr(1, close - 1);
    parts.value.remove_prefix(close + 1);
  }
  if (!parts.value.starts_with(' ')) return std::nullopt;
  parts.value.remove_prefix(1);
  return parts;
}

/// Each series of a metric by its labels, as they are printed.
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

class Parser {
 public:
  Parser() {
    for (std::size_t i = 0; i < kMetrics.size(); ++i) {
      const auto metric = static_cast<Metric>(i);
      const std::string name(kMetrics[i].name);
      if (kMetrics[i].type == MetricType::histogram) {
        add_histogram(metric, name);
        continue;
      }
      for (std::size_t k = 0; k < series_of(kMetrics[i]); ++k) {
        const Series series(metric, k);
        const std::string labels = labels_text(series);
        known_.emplace(labels.empty() ? name : name + "{" + labels + "}", series);
      }
      if (kMetrics[i].type == MetricType::counter) set_all(metric, 0);
    }
  }

  /// False: a value is not a number of its metric's unit.
  bool read(const Line& line) {
    const std::string name =
        std::string(line.name) + (line.labels.empty() ? "" : "{" + std::string(line.labels) + "}");
    const auto found = known_.find(name);
    if (found == known_.end()) return true;
    const Series& series = found->second;
    const MetricInfo& info = info_of(series.metric);
    const bool bucket =
        info.type == MetricType::histogram && series.index % stride_of(info) <= info.bounds.size();
    const bool counts = info.unit == MetricUnit::count || bucket;
    const auto value = counts ? whole(line.value) : nanoseconds(line.value);
    if (value) snapshot_.set(series, *value);
    return value.has_value();
  }

  MetricsSnapshot take() && {
    for (std::size_t i = 0; i < kMetrics.size(); ++i) {
      if (kMetrics[i].type == MetricType::histogram) separate_buckets(static_cast<Metric>(i));
    }
    return std::move(snapshot_);
  }

 private:
  void set_all(Metric metric, std::int64_t value) {
    for (std::size_t i = 0; i < series_of(info_of(metric)); ++i) {
      snapshot_.set({metric, i}, value);
    }
  }
  void add_histogram(Metric metric, const std::string& name) {
    set_all(metric, 0);
    const MetricInfo& info = info_of(metric);
    for (std::size_t i = 0; i < series_of(info); ++i) {
      const std::string labels = labels_text({metric, i});
      const std::size_t bucket = i % stride_of(info);
      if (bucket > info.bounds.size()) {
        known_.emplace(name + "_sum" + (labels.empty() ? "" : "{" + labels + "}"),
                       Series(metric, i));
        continue;
      }
      known_.emplace(name + "_bucket{" + labels + (labels.empty() ? "" : ",") + "le=\"" +
                         bound_text(info.bounds, bucket) + "\"}",
                     Series(metric, i));
    }
  }
  /// As the core prints it: seconds, without zeros at the end.
  static std::string bound_text(std::span<const Duration> bounds, std::size_t bucket) {
    if (bucket == bounds.size()) return "+Inf";
    const std::int64_t bound = bounds[bucket].count();
    std::string decimals = std::to_string(kNanosecondsPerSecond + bound % kNanosecondsPerSecond);
    decimals.front() = '.';
    while (decimals.back() == '0') decimals.pop_back();
    if (decimals == ".") decimals.clear();
    return std::to_string(bound / kNanosecondsPerSecond) + decimals;
  }
  /// Printed, a bucket holds the smaller ones too.
  void separate_buckets(Metric metric) {
    const MetricInfo& info = info_of(metric);
    std::int64_t below = 0;
    for (std::size_t i = 0; i < series_of(info); ++i) {
      const std::size_t bucket = i % stride_of(info);
      if (bucket > info.bounds.size()) continue;
      if (bucket == 0) below = 0;
      const std::int64_t sum = std::max(snapshot_.value({metric, i}).value_or(0), below);
      snapshot_.set({metric, i}, sum - below);
      below = sum;
    }
  }

  std::map<std::string, Series, std::less<>> known_;
  MetricsSnapshot snapshot_;
};

}  // namespace

std::expected<MetricsSnapshot, std::string> parse_metrics(std::string_view text) {
  Parser parser;
  std::size_t number = 0;
  bool any = false;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    ++number;
    if (line.empty() || line.starts_with('#')) continue;
    const auto parts = split(line);
    if (!parts || !parser.read(*parts)) {
      return std::unexpected("line " + std::to_string(number) + " is not a metric");
    }
    any = any || parts->name.starts_with("delta_");
  }
  if (!any) return std::unexpected("there are no metrics of Delta CI");
  return std::move(parser).take();
}

}  // namespace delta::client
