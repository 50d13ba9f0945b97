#include "harness/cli/run.h"

#include <exception>

#include "harness/calendar/history.h"
#include "harness/cli/occasion.h"
#include "harness/cli/run_bundle.h"
#include "harness/cli/run_report.h"
#include "harness/cli/scenario_files.h"
#include "harness/cli/version.h"
#include "reports/changes.h"
#include "reports/text.h"

namespace aftershock::cli {
namespace {

struct Outcome {
  Report report;
  ExitCode code = ExitCode::kPassed;
};

/// One drill. An error of ours is printed, and the drill is aborted.
void run_one(const Scenario& scenario, DrillOptions& drill, const RunTools& tools,
             RunBundle& bundle, ProgressDisplay& display, Console err, Outcome& outcome,
             const std::string& doing) {
  try {
    bundle.observe(drill);
    outcome.report.drills.push_back(tools.run_drill(scenario, drill));
  } catch (const std::exception& error) {
    display.clear();
    err.stream << internal_error_text(error.what(), doing);
    outcome.code = worse(outcome.code, ExitCode::kInternalError);
    outcome.report.drills.push_back(aborted_report(scenario, drill, error.what()));
    return;
  }
  const DrillReport& report = outcome.report.drills.back();
  bundle.add(scenario, report);
  outcome.code = worse(outcome.code, code_of(report.verdict));
  display.finish(report);
}

Outcome run_all(const std::vector<Scenario>& scenarios, const RunOptions& options, Console err,
                const RunTools& tools, RunBundle& bundle, std::string& doing) {
  Outcome outcome{.report = {.tool_version = kVersion, .drills = {}}};
  ProgressDisplay display(err, options.quiet && !err.terminal, scenarios.size(), tools.clock);
  DrillOptions drill;
  drill.seed = options.seed;
  drill.schedule = options.schedule;
  drill.progress = [&display](const Progress& progress) { display.update(progress); };
  std::size_t begun = 0;
  for (const Scenario& scenario : scenarios) {
    if (tools.interrupted()) break;
    ++begun;
    doing = "running " + one_line(scenario.path) + " --seed " + std::to_string(options.seed);
    display.start(scenario.name);
    run_one(scenario, drill, tools, bundle, display, err, outcome, doing);
  }
  display.clear();
  outcome.report.not_run = scenarios.size() - begun;
  if (tools.interrupted()) {
    err.stream << "interrupted: " << outcome.report.not_run << " of " << scenarios.size()
               << " drills were not run\n";
    outcome.code = worse(outcome.code, ExitCode::kAborted);
  }
  return outcome;
}

/// When each scenario was held before this time.
std::vector<HeldReport> held_before(const std::vector<Scenario>& scenarios,
                                    const calendar::History& history) {
  const auto last = calendar::last_drills(history);
  const auto text = [](const std::optional<calendar::HistoryEntry>& entry) {
    return entry ? std::optional(calendar::time_text(entry->when)) : std::nullopt;
  };
  std::vector<HeldReport> held;
  for (const Scenario& scenario : scenarios) {
    const auto found = last.find(scenario.name);
    held.push_back({.scenario = scenario.name});
    if (found == last.end()) continue;
    held.back().drilled = text(found->second.drilled);
    held.back().passed = text(found->second.passed);
  }
  return held;
}

/// Somebody will read more of the report than the table: only then it is worth hashing the program.
bool keeps_report(const RunOptions& options) {
  return options.json || !options.out.empty() || !options.summary.empty() ||
         !options.bundle.empty();
}

/// Whether the drills were added to the history, if there is one.
bool note_down(const Report& report, const RunOptions& options, const RunTools& tools,
               Console err) {
  if (options.history.empty() || report.drills.empty()) return true;
  calendar::History entries;
  for (const DrillReport& drill : report.drills) {
    entries.push_back(calendar::entry_of(drill, tools.wall_clock()));
  }
  const auto written = calendar::append_history(options.history, entries);
  if (!written) err.stream << "error: --history: " << written.error() << "\n";
  return written.has_value();
}

}  // namespace

std::string internal_error_text(std::string_view what, std::string_view doing) {
  return "internal error while " + std::string(doing) + ":\n  " + std::string(what) +
         "\nThis is a bug in aftershock " + kVersion +
         ", not in your scenario. Please report it with the lines above.\n";
}

ExitCode run_command(const RunOptions& options, const Consoles& consoles, const RunTools& tools,
                     std::string& doing) {
  const LoadedScenarios loaded = load_scenarios(options.paths);
  if (!loaded.errors.empty()) {
    consoles.err.stream << loaded.errors << "Nothing was run.\n";
    return ExitCode::kUsage;
  }
  const auto before = prepare_run_report(options, consoles.err);
  if (!before) {
    consoles.err.stream << "error: " << before.error() << "\nNothing was run.\n";
    return ExitCode::kUsage;
  }
  const auto history =
      options.history.empty() ? calendar::History() : calendar::read_history(options.history);
  if (!history) {
    consoles.err.stream << "error: --history: " << history.error() << "\nNothing was run.\n";
    return ExitCode::kUsage;
  }
  auto bundle = RunBundle::prepare(options);
  if (!bundle) {
    consoles.err.stream << "error: " << bundle.error() << "\nNothing was run.\n";
    return ExitCode::kUsage;
  }
  const auto began = tools.wall_clock ? tools.wall_clock() : std::chrono::sys_seconds{};
  Outcome outcome = run_all(loaded.scenarios, options, consoles.err, tools, *bundle, doing);
  doing = "reporting the drills of --seed " + std::to_string(options.seed);
  OccasionReport& occasion = outcome.report.occasion;
  if (tools.machine && keeps_report(options)) {
    occasion = occasion_of(tools.machine(), began, tools.wall_clock());
  }
  if (!options.history.empty()) occasion.history = held_before(loaded.scenarios, *history);
  if (*before) occasion.changes = changes_since(**before, outcome.report);
  bundle->attest(occasion);
  const bool noted = note_down(outcome.report, options, tools, consoles.err);
  const bool sealed = bundle->deliver(outcome.report, options, consoles.err);
  const bool delivered = deliver_run(outcome.report, options, consoles) && noted && sealed;
  return delivered ? outcome.code : worse(outcome.code, ExitCode::kAborted);
}

}  // namespace aftershock::cli
