#include "reports/trend.h"

#include <algorithm>
#include <set>

namespace aftershock {
namespace {

using Figure = std::optional<Duration> TrendPoint::*;

/// The lower one of two in the middle: what some exercise had.
std::optional<Duration> median(const std::vector<TrendPoint>& points, std::size_t window,
                               Figure figure) {
  std::vector<Duration> values;
  const std::size_t before = points.size() - 1;
  for (std::size_t i = before > window ? before - window : 0; i < before; ++i) {
    if (const auto& value = points[i].*figure) values.push_back(*value);
  }
  if (values.empty()) return std::nullopt;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

bool is_worse(const std::optional<Duration>& usual, const std::optional<Duration>& now,
              std::uint32_t tolerance_percent) {
  return usual && now && *now > *usual + *usual * tolerance_percent / 100;
}

void judge(TrendLine& line, const TrendOptions& options) {
  const TrendPoint& last = line.points.back();
  line.usual_rta = median(line.points, options.window, &TrendPoint::rta);
  line.usual_rpa = median(line.points, options.window, &TrendPoint::rpa);
  line.rta_worse = is_worse(line.usual_rta, last.rta, options.tolerance_percent) ||
                   (line.usual_rta && !last.rta);
  line.rpa_worse = is_worse(line.usual_rpa, last.rpa, options.tolerance_percent);
  if (line.points.size() < 2) return;
  const TrendPoint& before = line.points[line.points.size() - 2];
  line.verdict_worse = before.verdict == Verdict::pass && last.verdict != Verdict::pass;
  line.scenario_changed = before.sha256 != last.sha256;
  line.seed_changed = before.seed != last.seed;
}

}  // namespace

void TrendCollector::add(const Report& report) {
  std::set<Key> seen;
  for (const DrillReport& drill : report.drills) {
    const Key key{drill.scenario, drill.system, drill.world};
    if (!seen.insert(key).second) continue;
    TrendPoint point{.began = report.occasion.began,
                     .exercise = report.occasion.exercise,
                     .verdict = drill.verdict,
                     .rta = {},
                     .rpa = drill.rpo.judged(),
                     .sha256 = drill.sha256,
                     .seed = drill.seed};
    if (drill.rto.measured) point.rta = drill.rto.measured->upper;
    points_[key].push_back(std::move(point));
  }
}

std::vector<TrendLine> TrendCollector::lines(const TrendOptions& options) const {
  std::vector<TrendLine> lines;
  for (const auto& [key, points] : points_) {
    TrendLine line{.scenario = std::get<0>(key),
                   .system = std::get<1>(key),
                   .world = std::get<2>(key),
                   .points = points,
                   .usual_rta = {},
                   .usual_rpa = {}};
    std::ranges::sort(line.points, {}, [](const TrendPoint& point) {
      return std::pair(point.began, point.exercise);
    });
    judge(line, options);
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace aftershock
