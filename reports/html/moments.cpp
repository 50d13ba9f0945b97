#include "reports/html/moments.h"

#include <algorithm>
#include <set>
#include <utility>

namespace aftershock::html {
namespace {

void add_faults(const DrillReport& drill, std::vector<Stretch>& all) {
  for (const FaultReport& fault : drill.faults) {
    if (!fault.effective) continue;
    all.push_back({"fault " + fault.id, "fault", fault.effective->lower,
                   fault.healed.value_or(fault.effective->upper)});
  }
}

void add_outage(const DrillReport& drill, std::vector<Stretch>& all) {
  const auto first = moment_of(drill, drill.phases.first_failure);
  if (!first) return;
  const auto served = moment_of(drill, drill.phases.served);
  all.push_back({"outage", "outage", *first, served.value_or(end_of(drill.activity))});
}

void add_step(const StepReport& step, Duration end, std::vector<Stretch>& all) {
  const std::string row = "step " + step.id;
  if (step.triggered && step.assumed_delay > Duration{}) {
    all.push_back({row, "assumed", *step.triggered, step.began.value_or(end)});
  }
  if (step.began) all.push_back({row, "step", *step.began, step.ended.value_or(end)});
}

}  // namespace

std::optional<Bounds> t0_of(const DrillReport& drill) {
  std::optional<Bounds> first;
  for (const FaultReport& fault : drill.faults) {
    if (!fault.bit || !fault.effective) continue;
    if (!first || fault.effective->lower < first->lower) first = fault.effective;
  }
  return first;
}

std::optional<Duration> moment_of(const DrillReport& drill, const std::optional<Duration>& phase) {
  const std::optional<Bounds> t0 = t0_of(drill);
  if (!t0 || !phase) return std::nullopt;
  return t0->lower + *phase;
}

Duration end_of(const ActivityReport& activity) {
  const std::size_t count = activity.series.empty() ? 0 : activity.series.front().values.size();
  return activity.begin + activity.step * static_cast<std::int64_t>(count);
}

namespace {

std::vector<Stretch> all_stretches(const DrillReport& drill) {
  const Duration end = end_of(drill.activity);
  std::vector<Stretch> all;
  add_faults(drill, all);
  for (const AlertReport& alert : drill.alerts) {
    all.push_back({"alerts", "alert", alert.at, alert.resolved.value_or(end)});
  }
  add_outage(drill, all);
  for (const StepReport& step : drill.runbook) add_step(step, end, all);
  return all;
}

std::vector<std::string> rows_of(const std::vector<Stretch>& all) {
  std::vector<std::string> rows;
  for (const Stretch& stretch : all) {
    if (std::ranges::find(rows, stretch.row) == rows.end()) rows.push_back(stretch.row);
  }
  return rows;
}

}  // namespace

std::vector<Stretch> stretches_of(const DrillReport& drill) {
  std::vector<Stretch> all = all_stretches(drill);
  std::vector<std::string> rows = rows_of(all);
  std::set<std::string> left_out;
  while (rows.size() > kMostRows) {
    // The last of the faults, which come first; else the last row.
    auto last = std::ranges::find_if_not(
        rows, [](const std::string& row) { return row.starts_with("fault "); });
    if (last == rows.begin()) last = rows.end();
    left_out.insert(*--last);
    rows.erase(last);
  }
  std::erase_if(all, [&](const Stretch& stretch) { return left_out.contains(stretch.row); });
  return all;
}

std::size_t rows_left_out(const DrillReport& drill) {
  const std::size_t rows = rows_of(all_stretches(drill)).size();
  return rows > kMostRows ? rows - kMostRows : 0;
}

std::vector<Part> parts_of(const PhaseReport& phases) {
  std::vector<Part> parts;
  const auto add = [&](std::string_view phase, const std::optional<Duration>& at) {
    if (at) parts.push_back({phase, {}, *at});
  };
  add("detected", phases.detected);
  add("decided", phases.decided);
  add("restored", phases.restored);
  add("served", phases.served);
  add("drained", phases.drained);
  std::ranges::stable_sort(parts, {}, &Part::until);
  Duration before{};
  for (Part& part : parts) part.from = std::exchange(before, part.until);
  return parts;
}

}  // namespace aftershock::html
