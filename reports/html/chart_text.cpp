// The frames of a drill's charts, and what they show in words and tables.
#include <algorithm>
#include <map>

#include "reports/figures.h"
#include "reports/html/chart.h"
#include "reports/html/frame.h"
#include "reports/html/moments.h"
#include "reports/sweep_words.h"
#include "reports/text.h"

namespace aftershock::html {
namespace {

/// "250,000 ppm" reads as "25 %".
std::string value_text(const SeriesReport& series, std::int64_t value) {
  if (series.unit != "ppm")
    return grouped(static_cast<std::uint64_t>(std::max<std::int64_t>(value, 0)));
  const std::int64_t tenths = value / 1'000;
  return std::to_string(tenths / 10) + (tenths % 10 != 0 ? "." + std::to_string(tenths % 10) : "") +
         " %";
}

std::string words_of(std::string name) {
  std::ranges::replace(name, '_', ' ');
  return name;
}

std::string heading_of(const SeriesReport& series) {
  return words_of(series.name) + (series.unit == "ppm" ? "" : " (" + series.unit + ")");
}

/// "Queue depth was at most 12 at 1m10s."
std::string most_sentence(const ActivityReport& activity, const SeriesReport& series) {
  std::optional<std::int64_t> most;
  std::size_t at = 0, unread = 0;
  for (std::size_t i = 0; i < series.values.size(); ++i) {
    const auto& value = series.values[i];
    unread += value ? 0U : 1U;
    if (value && (!most || *value > *most)) {
      most = value;
      at = i;
    }
  }
  std::string name = words_of(series.name);
  if (!name.empty() && name[0] >= 'a' && name[0] <= 'z') name[0] = static_cast<char>(name[0] - 32);
  if (!most) return name + ": nobody could read it. ";
  std::string text = name + ": at most " + value_text(series, *most);
  if (*most > 0) {
    text += " at " + rounded_down(activity.begin + activity.step * static_cast<std::int64_t>(at));
  }
  if (unread > 0) text += ", and " + counted(unread, "value", "values") + " nobody could read";
  return text + ". ";
}

std::string fault_sentences(const DrillReport& drill) {
  std::string text;
  for (const FaultReport& fault : drill.faults) {
    text += "Fault " + fault.id + " (" + fault.kind + ") ";
    if (!fault.bit) {
      text += "was not seen to take effect. ";
      continue;
    }
    text += "took effect at " + bounds_text(fault.effective) +
            (fault.healed ? " and was lifted at " + rounded_down(*fault.healed)
                          : ", nothing lifted it") +
            ". ";
  }
  return text;
}

std::string phase_sentences(const DrillReport& drill) {
  const PhaseReport& phases = drill.phases;
  std::string text = phases.detected
                         ? "An alert detected it " + rounded_up(*phases.detected) + " after t0. "
                         : "No alert detected it. ";
  text += phases.first_failure
              ? "The first canary that failed was sent " + rounded_down(*phases.first_failure) +
                    " after t0, the last " + time_text(phases.last_failure) + " after it. "
              : "No canary failed. ";
  return text;
}

using Rows = std::vector<std::vector<Html>>;

/// A row for each stretch of time in which no value changed.
Rows series_rows(const ActivityReport& activity) {
  const auto row_at = [&](std::size_t i) {
    std::vector<std::string> row;
    for (const SeriesReport& series : activity.series) {
      const auto value = i < series.values.size() ? series.values[i] : std::nullopt;
      row.push_back(value ? value_text(series, *value) : "not read");
    }
    return row;
  };
  const std::size_t count = activity.series.empty() ? 0 : activity.series[0].values.size();
  Rows rows;
  for (std::size_t i = 0; i < count;) {
    const std::vector<std::string> values = row_at(i);
    const Duration from = activity.begin + activity.step * static_cast<std::int64_t>(i);
    std::size_t last = i;
    while (last + 1 < count && row_at(last + 1) == values) ++last;
    const Duration until = activity.begin + activity.step * static_cast<std::int64_t>(last);
    auto& row = rows.emplace_back();
    row.emplace_back(rounded_down(from) + (last > i ? " to " + rounded_down(until) : ""));
    row.insert(row.end(), values.begin(), values.end());
    i = last + 1;
  }
  return rows;
}

Html series_table(const DrillReport& drill) {
  std::vector<std::string> headings;
  for (const SeriesReport& series : drill.activity.series) headings.push_back(heading_of(series));
  std::vector<Column> columns{{"Time"}};
  for (const std::string& heading : headings) columns.push_back({heading, Align::figures});
  Table table("Over time, in steps of " + rounded_up(drill.activity.step) + " (" + drill.world +
                  "); times with the same values are one row",
              columns);
  for (const auto& row : series_rows(drill.activity)) table.add(row);
  return table.html();
}

Html phase_table(const DrillReport& drill) {
  Table table("The way back, each from t0 (" + drill.world + ")",
              {{"Phase"}, {"After t0", Align::figures}, {"What it says", Align::prose}});
  const auto add = [&](const char* name, const std::optional<Duration>& at, const char* what) {
    table.add({name, at ? rounded_up(*at) : "not seen", what});
  };
  const PhaseReport& phases = drill.phases;
  add("first failure", phases.first_failure, "the first canary that failed was sent");
  add("detected", phases.detected, "the first alert fired");
  add("decided", phases.decided, "the first step of the runbook began, its delay included");
  add("last failure", phases.last_failure, "the last canary that failed was sent");
  add("restored", phases.restored, "the last step ended, or the last fault was lifted");
  add("served", phases.served, "service holds: the end of the canary that proves it");
  add("drained", phases.drained, "every run submitted before the end of the faults is terminal");
  return table.html();
}

/// Those that did not simply succeed.
Html lease_table(const DrillReport& drill) {
  Table table(
      "Leases that did not end by success (" + drill.world + ")",
      {{"Runner"}, {"Attempt"}, {"From", Align::figures}, {"Until", Align::figures}, {"Ended as"}});
  for (const LeaseReport& lease : drill.activity.leases) {
    if (lease.ended == "succeeded") continue;
    table.add({lease.runner, code(lease.attempt), rounded_down(lease.from),
               lease.until ? rounded_up(*lease.until) : "-",
               lease.ended.empty() ? "held to the last" : lease.ended});
  }
  return table.html();
}

std::string lease_sentences(const ActivityReport& activity) {
  std::map<std::string, std::uint64_t> counts;
  for (const LeaseReport& lease : activity.leases) ++counts[lease.ended];
  std::string text =
      counted(activity.leases.size(), "lease", "leases") + " around the faults and the recovery: ";
  const char* separator = "";
  for (const auto& [ended, count] : counts) {
    text += separator + grouped(count) + " " + (ended.empty() ? "held to the last" : ended);
    separator = ", ";
  }
  text += ". ";
  if (activity.leases_left_out > 0) {
    text += counted(activity.leases_left_out, "later lease is", "later leases are") +
            " left out here. ";
  }
  return text;
}

}  // namespace

Html timeline_figure(const DrillReport& drill, const std::string& id) {
  if (drill.activity.series.empty()) return {};
  std::string words = fault_sentences(drill) + phase_sentences(drill);
  if (const std::size_t rows = rows_left_out(drill); rows > 0) {
    words += "Of the faults " + counted(rows, "row is", "rows are") + " left out here. ";
  }
  words += "RTA " + format_recovery(drill.rto) + ". ";
  bool gaps = false;
  for (const SeriesReport& series : drill.activity.series) {
    words += most_sentence(drill.activity, series);
    gaps |=
        !std::ranges::all_of(series.values, [](const auto& value) { return value.has_value(); });
  }
  if (gaps) words += "A gap in a line: nobody could read that value then. ";
  return figure({.kind = "timeline",
                 .id = id,
                 .title = "Timeline of " + drill.scenario + ", " + drill.world,
                 .words = words,
                 .data = series_table(drill),
                 .data_title = "Figures of the timeline"});
}

Html split_figure(const DrillReport& drill, const std::string& id) {
  const std::vector<Part> parts = parts_of(drill.phases);
  if (parts.empty()) return phase_table(drill);
  std::string words = "From t0: ";
  const char* separator = "";
  for (const Part& part : parts) {
    words += separator + std::string(part.phase) + " after " + rounded_up(part.until);
    separator = ", ";
  }
  words += ". " + (drill.rto.assumed > Duration{}
                       ? rounded_up(drill.rto.assumed) + " of it are assumed, not simulated."
                       : "Nothing of it is assumed.");
  return figure({.kind = "split",
                 .id = id,
                 .title = "Recovery time of " + drill.scenario + ", split",
                 .words = words,
                 .data = {},
                 .data_title = ""}) +
         phase_table(drill);
}

Html lease_figure(const DrillReport& drill, const std::string& id) {
  if (drill.activity.leases.empty()) return {};
  return figure({.kind = "leases",
                 .id = id,
                 .title = "Leases of " + drill.scenario + " by runner",
                 .words = lease_sentences(drill.activity),
                 .data = lease_table(drill),
                 .data_title = "Leases that did not end by success"});
}

}  // namespace aftershock::html
