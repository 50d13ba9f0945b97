// What the service has to be like after a recovery: "api.p95 < 200ms".
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "harness/scenario/text.h"

namespace aftershock {

/// In the order of kMeasureNames. docs/MEASUREMENT.md defines each.
enum class Measure : std::uint8_t {
  api_p50,
  api_p95,
  api_p99,
  scheduling_p50,
  scheduling_p95,
  scheduling_p99,
  jobs_rate,
  connections_busy
};
inline constexpr std::array<std::string_view, 8> kMeasureNames{
    "api.p50",        "api.p95",        "api.p99",   "scheduling.p50",
    "scheduling.p95", "scheduling.p99", "jobs.rate", "connections.busy"};

/// What it is measured in.
enum class MeasureUnit : std::uint8_t {
  duration,  ///< nanoseconds
  rate,      ///< nanoseconds from one to the next: a higher rate is a smaller number
  share      ///< parts per million
};
MeasureUnit unit_of(Measure measure);

struct Threshold {
  std::string expression;  ///< as the file has it
  Measure measure = Measure::api_p95;
  bool below = true;  ///< of the figure as people read it: '<', or else '>'
  std::int64_t limit = 0;

  /// In the unit of the measure.
  bool is_met_by(std::int64_t value) const;
};

/// "MEASURE < VALUE" or "MEASURE > VALUE".
Parsed<Threshold> parse_threshold(std::string_view text);

}  // namespace aftershock
