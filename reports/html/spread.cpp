#include "reports/html/spread.h"

#include <nlohmann/json.hpp>

#include "reports/html/escape.h"
#include "reports/html/frame.h"
#include "reports/sweep_words.h"

namespace aftershock::html {
namespace {

using Json = nlohmann::ordered_json;
constexpr std::size_t kLongestLabel = 200;  // the script cuts what is too wide

bool is_shown(const Distribution& figures) {
  return figures.max && (figures.max->beyond || figures.max->value > delta::Duration{});
}

Json figure_json(const std::optional<SweepFigure>& figure) {
  if (!figure) return nullptr;
  const auto time = std::chrono::round<std::chrono::milliseconds>(figure->value);
  return Json::array({time.count(), figure->beyond, figure_text(figure)});
}

Json row_json(const SweepScenario& scenario, const Distribution& figures) {
  return {{"name", visible(scenario.name, kLongestLabel)},
          {"figures", Json::array({figure_json(figures.p50), figure_json(figures.p95),
                                   figure_json(figures.p99), figure_json(figures.max)})}};
}

std::string words(std::string_view name, std::size_t shown, std::size_t hidden) {
  std::string text = std::string(name) + " over the seeds of " +
                     counted(shown, "scenario", "scenarios") +
                     ", on a logarithmic scale: from the median to the figure that 95, 99 and 100 "
                     "of 100 drills do not exceed. A triangle: longer than that, nobody knows how "
                     "much. The table of each scenario has the figures.";
  if (hidden > 0)
    text += " " + counted(hidden, "scenario has", "scenarios have") + " none, or only 0s.";
  return text;
}

}  // namespace

Html spread_figure(const SweepReport& report, Spread spread, std::string_view id,
                   std::string_view name) {
  Json rows = Json::array();
  for (const SweepScenario& scenario : report.scenarios) {
    const Distribution& figures = scenario.*spread;
    if (is_shown(figures)) rows.push_back(row_json(scenario, figures));
  }
  const std::size_t shown = rows.size();
  if (shown == 0) return {};
  const Html data =
      element("script", {{"type", "application/json"}, {"id", "data-" + std::string(id)}},
              Html::markup(script_json({{"name", name}, {"rows", std::move(rows)}})));
  return figure({.kind = "spread",
                 .id = std::string(id),
                 .title = std::string(name) + " over the seeds of each scenario",
                 .words = words(name, shown, report.scenarios.size() - shown)}) +
         data + Html::markup("\n");
}

}  // namespace aftershock::html
