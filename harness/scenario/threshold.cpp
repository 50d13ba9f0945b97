#include "harness/scenario/threshold.h"

#include <algorithm>

namespace aftershock {
namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

template <class Value>
Parsed<std::int64_t> number_of(const Parsed<Value>& value) {
  if (!value) return std::unexpected(value.error());
  if constexpr (std::is_same_v<Value, delta::Duration>) {
    return value->count();
  } else {
    return std::int64_t{*value};
  }
}

Parsed<std::int64_t> parse_limit(MeasureUnit unit, std::string_view text) {
  switch (unit) {
    case MeasureUnit::duration: return number_of(parse_duration(text));
    case MeasureUnit::rate: return number_of(parse_rate(text));
    case MeasureUnit::share: return number_of(parse_percent(text));
  }
  return 0;
}

}  // namespace

MeasureUnit unit_of(Measure measure) {
  if (measure == Measure::jobs_rate) return MeasureUnit::rate;
  return measure == Measure::connections_busy ? MeasureUnit::share : MeasureUnit::duration;
}

bool Threshold::is_met_by(std::int64_t value) const {
  const bool wants_less = below != (unit_of(measure) == MeasureUnit::rate);
  return wants_less ? value < limit : value > limit;
}

Parsed<Threshold> parse_threshold(std::string_view text) {
  const std::size_t sign = text.find_first_of("<>");
  if (sign == std::string_view::npos) {
    return std::unexpected(
        ValueError{quote(text) + " compares nothing", "write it as api.p95 < 200ms"});
  }
  const std::string_view name = trimmed(text.substr(0, sign));
  const auto found = std::ranges::find(kMeasureNames, name);
  if (found == kMeasureNames.end()) {
    return std::unexpected(
        ValueError{"there is no measure " + quote(name),
                   did_you_mean(name, {kMeasureNames.begin(), kMeasureNames.end()})});
  }
  Threshold threshold{.expression = std::string(trimmed(text)),
                      .measure = static_cast<Measure>(found - kMeasureNames.begin()),
                      .below = text[sign] == '<'};
  const auto limit = parse_limit(unit_of(threshold.measure), trimmed(text.substr(sign + 1)));
  if (!limit) return std::unexpected(limit.error());
  threshold.limit = *limit;
  return threshold;
}

}  // namespace aftershock
