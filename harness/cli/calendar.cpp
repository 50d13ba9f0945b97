#include "harness/cli/calendar.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/calendar/history.h"
#include "harness/calendar/plan.h"
#include "harness/calendar/status.h"
#include "harness/calendar/timers.h"
#include "harness/cli/report_folder.h"
#include "harness/cli/scenario_files.h"
#include "reports/text.h"

namespace aftershock::cli {

using namespace calendar;
using Json = nlohmann::ordered_json;

namespace {

struct Row {
  const Exercise* exercise = nullptr;
  Status status;
};

std::string list_of(const std::vector<std::string>& names) {
  constexpr std::size_t most = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), most); ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  return names.size() > most ? text + " and " + std::to_string(names.size() - most) + " more"
                             : text;
}

std::string date_or(const std::optional<Day>& day, const char* otherwise) {
  return day ? date_text(*day) : otherwise;
}

/// What to do about it.
std::string advice(const Row& row, const CalendarOptions& options) {
  const Status& status = row.status;
  if (status.state == State::failed) return "did not pass: " + list_of(status.failing);
  if (status.state != State::due && status.state != State::overdue) return "";
  if (!row.exercise->drills.empty()) return "not run: " + list_of(status.missing);
  const bool other_file = options.history != CalendarOptions{}.history;
  return "by people; then: aftershock calendar --done " + row.exercise->id +
         (other_file ? " --history " + options.history : "");
}

void print(const std::vector<Row>& rows, const CalendarOptions& options, Console out) {
  Table table;
  table.rows.push_back({"STATE", "EXERCISE", "WHEN", "DUE SINCE", "NEXT", "LAST HELD"});
  for (const auto& [exercise, status] : rows) {
    table.rows.push_back({std::string(name_of(status.state)), one_line(exercise->title),
                          text_of(exercise->rhythm), date_or(status.since, "-"),
                          date_or(status.next, "-"), date_or(status.held, "never")});
  }
  const std::vector<std::string> lines = table.lines();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    out.stream << (out.terminal ? cut(lines[i], out.width) : lines[i]) << "\n";
    if (i == 0) continue;
    const std::string what = advice(rows[i - 1], options);
    if (!what.empty()) out.stream << wrapped("    ", what, out.width);
  }
}

Json json_of(const Row& row) {
  const auto& [exercise, status] = row;
  const auto date = [](const std::optional<Day>& day) {
    return day ? Json(date_text(*day)) : Json(nullptr);
  };
  return {{"id", exercise->id},
          {"title", exercise->title},
          {"document", exercise->document},
          {"section", exercise->section},
          {"when", text_of(exercise->rhythm)},
          {"state", name_of(status.state)},
          {"due_since", date(status.since)},
          {"next", date(status.next)},
          {"last_held", date(status.held)},
          {"missing", status.missing},
          {"failing", status.failing}};
}

/// The names of the scenarios that the exercise runs, or what is wrong with its files.
std::expected<std::vector<std::string>, std::string> scenarios_of(const Exercise& exercise) {
  std::vector<std::string> names;
  if (exercise.drills.empty()) return names;
  const LoadedScenarios loaded = load_scenarios(exercise.drills);
  if (!loaded.errors.empty()) return std::unexpected(loaded.errors);
  for (const Scenario& scenario : loaded.scenarios) names.push_back(scenario.name);
  return names;
}

ExitCode show(const Plan& plan, const History& history, const CalendarOptions& options,
              const Consoles& consoles, Day today) {
  std::vector<Row> rows;
  bool late = false;
  for (const Exercise& exercise : plan.exercises) {
    const auto scenarios = scenarios_of(exercise);
    if (!scenarios) {
      consoles.err.stream << scenarios.error();
      return ExitCode::kUsage;
    }
    rows.push_back({&exercise, status_of(exercise, *scenarios, history, today)});
    const State state = rows.back().status.state;
    late |= state == State::overdue || state == State::failed;
  }
  if (options.json) {
    Json json{{"format", "aftershock-calendar"}, {"version", 1}, {"today", date_text(today)}};
    for (const Row& row : rows) json["exercises"].push_back(json_of(row));
    consoles.out.stream << json.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
  } else {
    print(rows, options, consoles.out);
  }
  return options.check && late ? ExitCode::kFailed : ExitCode::kPassed;
}

std::expected<HistoryEntry, std::string> entry_by_people(const Plan& plan,
                                                         const CalendarOptions& options,
                                                         std::chrono::sys_seconds now) {
  HistoryEntry entry{.when = options.on ? std::chrono::sys_seconds(*options.on) : now,
                     .event = Event::incident,
                     .note = options.note};
  if (entry.when > now) return std::unexpected("--on: that day is yet to come");
  if (options.incident) return entry;
  entry.event = Event::exercise;
  entry.name = options.done;
  const auto found = std::ranges::find(plan.exercises, options.done, &Exercise::id);
  if (found == plan.exercises.end()) {
    return std::unexpected("--done: the plan has no exercise '" + one_line(options.done) + "'");
  }
  if (!found->drills.empty()) {
    return std::unexpected("--done: '" + options.done +
                           "' is held by drills, which `aftershock run --history` notes down");
  }
  return entry;
}

ExitCode refuse(const std::string& error, const Consoles& consoles) {
  consoles.err.stream << "error: " << error << "\n";
  return ExitCode::kUsage;
}

ExitCode note_down(const Plan& plan, const CalendarOptions& options, const Consoles& consoles,
                   std::chrono::sys_seconds now) {
  const auto entry = entry_by_people(plan, options, now);
  if (!entry) return refuse(entry.error(), consoles);
  if (const auto written = append_history(options.history, {*entry}); !written) {
    consoles.err.stream << "error: " << written.error() << "\n";
    return ExitCode::kAborted;
  }
  consoles.out.stream << "noted down in " << one_line(options.history) << ": "
                      << (options.incident ? "an incident" : options.done) << ", "
                      << time_text(entry->when) << "\n";
  return ExitCode::kPassed;
}

ExitCode write_timers(const Plan& plan, const CalendarOptions& options, const Consoles& consoles) {
  // A workflow builds the program.
  const char* program =
      options.timers == TimerKind::kGithub ? "build/release/aftershock" : "aftershock";
  const TimerOptions timers{options.program.empty() ? program : options.program, options.folder,
                            options.history};
  const auto files = options.timers == TimerKind::kSystemd ? systemd_timers(plan, timers)
                     : options.timers == TimerKind::kCron  ? crontab(plan, timers)
                                                           : github_workflow(plan, timers);
  for (const TimerFile& file : files) {
    if (options.out.empty()) {
      if (files.size() > 1) consoles.out.stream << "# " << file.name << "\n";
      consoles.out.stream << file.text;
      continue;
    }
    if (const auto ready = prepare_folder(options.out, file.name); !ready) {
      return refuse(ready.error(), consoles);
    }
    const auto written = write_report_file(options.out, file.name, file.text);
    if (!written) {
      consoles.err.stream << "error: " << written.error() << "\n";
      return ExitCode::kAborted;
    }
    consoles.out.stream << one_line(*written) << "\n";
  }
  return ExitCode::kPassed;
}

}  // namespace

ExitCode calendar_command(const CalendarOptions& options, const Consoles& consoles,
                          std::chrono::sys_seconds now) {
  const auto plan = load_plan(options.plan);
  if (!plan) {
    consoles.err.stream << format_diagnostics(plan.error());
    return ExitCode::kUsage;
  }
  if (options.timers != TimerKind::kNone) return write_timers(*plan, options, consoles);
  if (options.incident || !options.done.empty()) return note_down(*plan, options, consoles, now);
  const auto history = read_history(options.history);
  if (!history) return refuse(history.error(), consoles);
  const Day today = options.on.value_or(std::chrono::floor<std::chrono::days>(now));
  return show(*plan, *history, options, consoles, today);
}

}  // namespace aftershock::cli
