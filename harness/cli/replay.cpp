#include "harness/cli/replay.h"

#include <algorithm>
#include <optional>

#include "harness/cli/diverge.h"
#include "harness/cli/out_file.h"
#include "harness/cli/scenario_files.h"
#include "harness/targets.h"
#include "harness/trace/recorded_run.h"
#include "reports/perfetto.h"
#include "reports/text.h"
#include "reports/trace_text.h"

namespace aftershock::cli {
namespace {

ExitCode refused(const Consoles& consoles, const std::string& why,
                 const std::optional<std::string>& hint = {}) {
  consoles.err.stream << "error: " << why << "\n";
  if (hint) consoles.err.stream << "  hint: " << *hint << "\n";
  consoles.err.stream << "Nothing was run.\n";
  return ExitCode::kUsage;
}

/// The first wanted host that the cluster does not have.
std::optional<std::string> unknown_host(const TraceFilter& filter,
                                        const std::vector<std::string>& hosts) {
  const auto found = std::ranges::find_if(filter.hosts, [&hosts](const std::string& host) {
    return std::ranges::find(hosts, host) == hosts.end();
  });
  return found == filter.hosts.end() ? std::nullopt : std::optional(*found);
}

/// The first wanted beginning of an id that no run has.
std::optional<std::string> unknown_run(const TraceFilter& filter, const Trace& trace) {
  for (const std::string& run : filter.runs) {
    const TraceFilter only{.runs = {run}};
    const bool is_there = std::ranges::any_of(
        trace.events, [&only](const TraceEvent& event) { return only.matches(event); });
    if (!is_there) return run;
  }
  return std::nullopt;
}

/// One drill and where its trace goes.
class Replay {
 public:
  Replay(const ReplayOptions& options, const Scenario& scenario, const Consoles& consoles)
      : options_(options), scenario_(scenario), consoles_(consoles) {}

  ExitCode run(const ProgressDisplay::Clock& clock) {
    if (!open_output()) return ExitCode::kUsage;
    if (!options_.diverge.empty()) return show_divergence();
    record(clock);
    if (const auto run = unknown_run(options_.filter, run_.trace)) {
      consoles_.err.stream << "error: no run of this drill has an id that begins with " << *run
                           << "\n";
      return ExitCode::kUsage;
    }
    write();
    return finish(code_of(run_.report.verdict));
  }

 private:
  bool open_output() {
    if (options_.out.empty()) return true;
    auto opened = OutFile::open(options_.out);
    if (opened) {
      file_ = std::move(*opened);
    } else {
      refused(consoles_, opened.error());
    }
    return opened.has_value();
  }

  std::ostream& out() { return file_ ? file_->stream() : consoles_.out.stream; }
  bool is_log() const { return file_ || !consoles_.out.terminal; }

  void record(const ProgressDisplay::Clock& clock) {
    ProgressDisplay display(consoles_.err, !consoles_.err.terminal, 1, clock);
    display.start(scenario_.name);
    DrillOptions options{
        .seed = options_.seed, .schedule = options_.schedule, .trace = &run_.trace};
    options.progress = [&display](const Progress& progress) { display.update(progress); };
    if (options_.format == TraceFormat::kSteps) options.step_log = &run_.steps;
    run_.report = run_simulated(scenario_, options);
    display.clear();
  }

  void write() {
    const TraceStyle style{
        .width = consoles_.out.width, .log = is_log(), .colour = !file_ && consoles_.out.colour};
    TraceCount count{.events = run_.trace.events.size()};
    switch (options_.format) {
      case TraceFormat::kText: count = write_text(run_.trace, options_.filter, style, out()); break;
      case TraceFormat::kJsonLines:
        count = write_json_lines(run_.trace, options_.filter, run_.report, out());
        break;
      case TraceFormat::kPerfetto: write_perfetto(run_.trace, run_.report, out()); break;
      case TraceFormat::kSteps: write_steps(run_, out()); break;
    }
    // What a program reads holds nothing else; a person wants to know how it ended.
    const bool apart = file_ || options_.format != TraceFormat::kText;
    Console said = apart && !file_ ? consoles_.err : consoles_.out;
    const TraceStyle summary{.width = said.width, .log = !said.terminal, .colour = said.colour};
    said.stream << (apart ? "" : "\n") << trace_summary(run_.report, run_.trace, count, summary);
  }

  ExitCode show_divergence() {
    const auto explained = explain(options_, scenario_, is_log() ? 200 : consoles_.out.width);
    if (!explained) return refused(consoles_, explained.error());
    out() << explained->text;
    return finish(explained->same ? ExitCode::kPassed : ExitCode::kFailed);
  }

  /// The trace is written, or it is said that it could not be.
  ExitCode finish(ExitCode code) {
    if (!file_) return code;
    if (const auto written = file_->finish(); !written) {
      consoles_.err.stream << "error: " << written.error() << "\n";
      return worse(code, ExitCode::kAborted);
    }
    consoles_.out.stream << "written to " << one_line(options_.out) << "\n";
    return code;
  }

  const ReplayOptions& options_;
  const Scenario& scenario_;
  const Consoles& consoles_;
  std::unique_ptr<OutFile> file_;  ///< null: standard output
  RecordedRun run_;
};

}  // namespace

ExitCode replay_command(const ReplayOptions& options, const Consoles& consoles,
                        const ProgressDisplay::Clock& clock, std::string& doing) {
  const LoadedScenarios loaded = load_scenarios({options.path});
  if (!loaded.errors.empty()) {
    consoles.err.stream << loaded.errors << "Nothing was run.\n";
    return ExitCode::kUsage;
  }
  if (loaded.scenarios.size() != 1) {
    return refused(consoles,
                   "replay shows one drill, and " + one_line(options.path) + " has " +
                       std::to_string(loaded.scenarios.size()),
                   "name one file of the folder");
  }
  const Scenario& scenario = loaded.scenarios.front();
  const std::vector<std::string> hosts = host_names(scenario.cluster);
  if (const auto host = unknown_host(options.filter, hosts)) {
    return refused(consoles, "--host: this cluster has no host " + quote(*host),
                   did_you_mean(*host, {hosts.begin(), hosts.end()}));
  }
  doing = "replaying " + one_line(scenario.path) + " with seed " + std::to_string(options.seed);
  return Replay(options, scenario, consoles).run(clock);
}

}  // namespace aftershock::cli
