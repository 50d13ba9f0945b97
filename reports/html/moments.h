// Moments of a drill on its own time: what the report counts from t0, where its charts have it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/report.h"

namespace aftershock::html {

/// The interval of the fault that was requested first among those that took effect.
std::optional<Bounds> t0_of(const DrillReport& drill);
/// Of a phase, which counts from t0.lower.
std::optional<Duration> moment_of(const DrillReport& drill, const std::optional<Duration>& phase);
/// When what was measured over time ends.
Duration end_of(const ActivityReport& activity);

/// A stretch of time that is drawn as a bar.
struct Stretch {
  std::string row;
  std::string_view kind;  ///< fault, alert, outage, step or assumed
  Duration from{}, until{};
};
/// Faults, alerts, the outage and the runbook, as rows from top to bottom; at most kMostRows of
/// them, so that of many faults only the first are there. A fault that was not lifted is the moment
/// in which it took effect; anything else without an end lasts to the end.
std::vector<Stretch> stretches_of(const DrillReport& drill);
inline constexpr std::size_t kMostRows = 14;
/// Rows beyond those.
std::size_t rows_left_out(const DrillReport& drill);

/// A part of the way back: it ends with the phase that it is named for. From t0.
struct Part {
  std::string_view phase;
  Duration from{}, until{};
};
/// In the order of time, each beginning where the one before it ended.
std::vector<Part> parts_of(const PhaseReport& phases);

}  // namespace aftershock::html
