// What the page's script draws a drill's charts from. Times are in milliseconds.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "reports/html/chart.h"
#include "reports/html/escape.h"
#include "reports/html/moments.h"

namespace aftershock::html {
namespace {

using Json = nlohmann::ordered_json;
constexpr std::size_t kLongestLabel = 200;  // the script cuts what is too wide

std::string label(std::string_view text) { return visible(text, kLongestLabel); }

std::int64_t milliseconds(Duration time) {
  return std::chrono::round<std::chrono::milliseconds>(time).count();
}

Json span_json(Duration from, Duration until) {
  return Json::array({milliseconds(from), milliseconds(until)});
}

Json series_json(const ActivityReport& activity) {
  Json all = Json::array();
  for (const SeriesReport& series : activity.series) {
    Json values = Json::array();
    for (const auto& value : series.values) values.push_back(value ? Json(*value) : Json());
    all.push_back({{"name", label(series.name)}, {"unit", label(series.unit)}, {"values", values}});
  }
  return all;
}

Json bars_json(const DrillReport& drill) {
  Json all = Json::array();
  for (const Stretch& stretch : stretches_of(drill)) {
    all.push_back({{"row", label(stretch.row)},
                   {"kind", stretch.kind},
                   {"span", span_json(stretch.from, stretch.until)}});
  }
  return all;
}

Json lines_json(const DrillReport& drill) {
  Json all = Json::array();
  const auto add = [&](std::string_view name, const std::optional<Duration>& phase) {
    if (const auto at = moment_of(drill, phase)) {
      all.push_back({{"name", name}, {"at", milliseconds(*at)}});
    }
  };
  add("detected", drill.phases.detected);
  if (drill.rto.measured) add("recovered", drill.rto.measured->upper);
  return all;
}

Json split_json(const DrillReport& drill) {
  Json parts = Json::array();
  for (const Part& part : parts_of(drill.phases)) {
    parts.push_back({{"name", part.phase}, {"span", span_json(part.from, part.until)}});
  }
  Json assumed = Json::array();
  const std::optional<Bounds> t0 = t0_of(drill);
  for (const StepReport& step : drill.runbook) {
    if (!t0 || !step.triggered || !step.began || step.assumed_delay == Duration{}) continue;
    assumed.push_back(span_json(*step.triggered - t0->lower, *step.began - t0->lower));
  }
  return {{"parts", parts}, {"assumed", assumed}};
}

/// Each lease: the number of its runner, from, until, and the number of how it ended.
Json leases_json(const DrillReport& drill) {
  std::map<std::string, std::size_t> ends;
  std::vector<std::string> runners;
  for (const LeaseReport& lease : drill.activity.leases) {
    if (std::ranges::find(runners, lease.runner) == runners.end()) runners.push_back(lease.runner);
    ends.emplace(lease.ended, 0);
  }
  // runner-2 before runner-10.
  std::ranges::sort(runners, [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  });
  Json names = Json::array(), hosts = Json::array(), leases = Json::array();
  for (auto& [end, number] : ends) {
    number = names.size();
    names.push_back(end.empty() ? "held to the last" : label(end));
  }
  for (const std::string& runner : runners) hosts.push_back(label(runner));
  for (const LeaseReport& lease : drill.activity.leases) {
    const auto row = std::ranges::find(runners, lease.runner) - runners.begin();
    const Duration until = lease.until.value_or(end_of(drill.activity));
    leases.push_back(Json::array({row, milliseconds(lease.from), milliseconds(until),
                                  ends.at(lease.ended), label(lease.attempt)}));
  }
  return {{"runners", hosts}, {"ends", names}, {"leases", leases}};
}

}  // namespace

Html chart_data(const DrillReport& drill, const std::string& id) {
  const Json json{{"begin", milliseconds(drill.activity.begin)},
                  {"step", milliseconds(drill.activity.step)},
                  {"end", milliseconds(end_of(drill.activity))},
                  {"series", series_json(drill.activity)},
                  {"bars", bars_json(drill)},
                  {"lines", lines_json(drill)},
                  {"split", split_json(drill)},
                  {"leases", leases_json(drill)}};
  return element("script", {{"type", "application/json"}, {"id", "data-" + id}},
                 Html::markup(script_json(json))) +
         Html::markup("\n");
}

}  // namespace aftershock::html
