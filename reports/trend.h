// RTA and RPA over time: the same drill in the reports of one exercise after another. Definitions:
// docs/REPORTS.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "reports/report.h"

namespace aftershock {

struct TrendPoint {
  std::string began;     ///< of the exercise
  std::string exercise;  ///< its id
  Verdict verdict = Verdict::aborted;
  std::optional<Duration> rta;  ///< upper bound
  std::optional<Duration> rpa;  ///< as it is judged
  std::string sha256;           ///< of the scenario's file
  std::uint64_t seed = 0;
};

struct TrendLine {
  std::string scenario;
  std::string system;
  std::string world;
  std::vector<TrendPoint> points;     ///< oldest first; at least one
  std::optional<Duration> usual_rta;  ///< median of those before the last; none: there are none
  std::optional<Duration> usual_rpa;
  bool verdict_worse = false;  ///< the last did not pass, and the one before it did
  bool rta_worse = false;      ///< longer than usual, by more than is tolerated, or no recovery
  bool rpa_worse = false;
  bool scenario_changed = false;  ///< the last is of another file than the one before it
  bool seed_changed = false;

  bool is_regression() const { return verdict_worse || rta_worse || rpa_worse; }
};

struct TrendOptions {
  std::uint32_t tolerance_percent = 10;
  std::size_t window = 5;  ///< the last is compared with so many before it
};

/// Collects the drills of many reports, which need not be kept. Of several drills of one scenario
/// in a report the first counts.
class TrendCollector {
 public:
  /// The report must have an occasion: it says when.
  void add(const Report& report);
  /// By scenario, system and world.
  std::vector<TrendLine> lines(const TrendOptions& options) const;

 private:
  using Key = std::tuple<std::string, std::string, std::string>;
  std::map<Key, std::vector<TrendPoint>> points_;
};

struct TrendStyle {
  std::size_t width = 100;
  bool colour = false;
};
/// A table with a line a drill, then what became worse. Ends with a line break.
std::string format_trend(const std::vector<TrendLine>& lines, const TrendStyle& style);
std::string format_trend_markdown(const std::vector<TrendLine>& lines);
/// An object with every point; durations as in a report.
std::string format_trend_json(const std::vector<TrendLine>& lines);

}  // namespace aftershock
