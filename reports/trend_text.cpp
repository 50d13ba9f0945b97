// The trend as text, Markdown and JSON.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "reports/markdown.h"
#include "reports/text.h"
#include "reports/trend.h"
#include "reports/words.h"

namespace aftershock {
namespace {

using Json = nlohmann::ordered_json;

/// A bar for each of the newest points, as high as its part of the highest; a dot: not measured.
std::string bars(const std::vector<TrendPoint>& points) {
  constexpr std::array<const char*, 8> heights{"\u2581", "\u2582", "\u2583", "\u2584",
                                               "\u2585", "\u2586", "\u2587", "\u2588"};
  constexpr std::size_t most = 16;
  const std::size_t first = points.size() > most ? points.size() - most : 0;
  Duration highest{1};
  for (std::size_t i = first; i < points.size(); ++i) {
    highest = std::max(highest, points[i].rta.value_or(Duration{}));
  }
  std::string out;
  for (std::size_t i = first; i < points.size(); ++i) {
    const auto& rta = points[i].rta;
    out += rta ? heights.at(static_cast<std::size_t>(*rta * 7 / highest)) : "\u00B7";
  }
  return out;
}

std::string figure(const std::optional<Duration>& value) {
  return value ? rounded_up(*value) : "-";
}

std::string news(const TrendLine& line) {
  std::string text;
  const auto add = [&text](bool so, const char* what) {
    if (so) text += (text.empty() ? "" : ", ") + std::string(what);
  };
  add(line.verdict_worse, "did not pass");
  add(line.rta_worse, line.points.back().rta ? "RTA longer" : "no recovery");
  add(line.rpa_worse, "RPA longer");
  if (line.is_regression()) text = "WORSE: " + text;
  add(line.scenario_changed, "another scenario file");
  add(line.seed_changed, "another seed");
  return text;
}

std::vector<std::string> cells(const TrendLine& line) {
  const TrendPoint& last = line.points.back();
  return {one_line(line.scenario),
          one_line(line.world),
          std::to_string(line.points.size()),
          one_line(last.began.substr(0, 10)),
          std::string(name_of(last.verdict)),
          figure(line.usual_rta),
          figure(last.rta),
          bars(line.points),
          figure(line.usual_rpa),
          figure(last.rpa),
          news(line)};
}

std::string summary(const std::vector<TrendLine>& lines) {
  const auto worse = std::ranges::count_if(lines, &TrendLine::is_regression);
  return std::to_string(lines.size()) + (lines.size() == 1 ? " drill" : " drills") +
         (worse == 0 ? ": none is worse" : ": " + std::to_string(worse) + " worse");
}

const std::vector<std::string>& heads() {
  static const std::vector<std::string> all{
      "DRILL", "WORLD", "HELD", "LAST", "VERDICT", "USUAL RTA", "RTA", "", "USUAL RPA", "RPA", ""};
  return all;
}

Json json_of(const std::optional<Duration>& value) {
  if (!value) return nullptr;
  return {{"ns", value->count()}, {"text", delta::format_duration(*value)}};
}

Json json_of(const TrendLine& line) {
  Json points = Json::array();
  for (const TrendPoint& point : line.points) {
    points.push_back({{"began", point.began},
                      {"exercise", point.exercise},
                      {"verdict", name_of(point.verdict)},
                      {"rta", json_of(point.rta)},
                      {"rpa", json_of(point.rpa)},
                      {"sha256", point.sha256},
                      {"seed", point.seed}});
  }
  return {{"scenario", line.scenario},
          {"system", line.system},
          {"world", line.world},
          {"usual_rta", json_of(line.usual_rta)},
          {"usual_rpa", json_of(line.usual_rpa)},
          {"verdict_worse", line.verdict_worse},
          {"rta_worse", line.rta_worse},
          {"rpa_worse", line.rpa_worse},
          {"scenario_changed", line.scenario_changed},
          {"seed_changed", line.seed_changed},
          {"points", std::move(points)}};
}

}  // namespace

std::string format_trend(const std::vector<TrendLine>& lines, const TrendStyle& style) {
  Table table;
  table.rows.push_back(heads());
  for (const TrendLine& line : lines) table.rows.push_back(cells(line));
  const std::vector<std::string> rows = table.lines();
  std::string out = cut(rows[0], style.width) + "\n";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string row = cut(rows[i + 1], style.width);
    const bool red = style.colour && lines[i].is_regression();
    out += (red ? "\033[1;31m" + row + "\033[0m" : row) + "\n";
  }
  for (const TrendLine& line : lines) {
    if (line.is_regression()) {
      out += wrapped("  - ", one_line(line.scenario) + ": " + news(line), style.width);
    }
  }
  return out +
         wrapped("", "USUAL: the median of the exercises before; RTA: upper bounds.", style.width) +
         summary(lines) + "\n";
}

std::string format_trend_markdown(const std::vector<TrendLine>& lines) {
  std::string out = "## Trend\n\n" + summary(lines) + "\n\n";
  out += markdown::row({"drill", "world", "held", "last", "verdict", "usual RTA", "RTA", "",
                        "usual RPA", "RPA", ""});
  out +=
      markdown::row({"---", "---", "--:", "---", "---", "--:", "--:", "---", "--:", "--:", "---"});
  for (const TrendLine& line : lines) {
    std::vector<std::string> row = cells(line);
    std::ranges::transform(row, row.begin(), markdown::cell);
    out += markdown::row(row);
  }
  return out;
}

std::string format_trend_json(const std::vector<TrendLine>& lines) {
  Json drills = Json::array();
  for (const TrendLine& line : lines) drills.push_back(json_of(line));
  return Json({{"format", "aftershock-trend"}, {"version", 1}, {"drills", std::move(drills)}})
             .dump(2, ' ', false, Json::error_handler_t::replace) +
         "\n";
}

}  // namespace aftershock
