#include "harness/cli/explore.h"

#include <utility>

#include "core/counted.h"
#include "harness/cli/scenario_files.h"
#include "harness/cli/version.h"
#include "reports/terminal.h"
#include "reports/text.h"

namespace aftershock::cli {
namespace {

using delta::counted;
using delta::Duration;
using delta::format_duration;

std::uint64_t drills_of(const Exploration& found) {
  std::uint64_t drills = 0;
  for (const std::uint64_t count : found.verdicts) drills += count;
  return drills;
}

ExploreDrillOptions options_for(const Scenario& scenario, const ExploreOptions& line) {
  ExploreDrillOptions options;
  options.seed = line.seed;
  options.window = line.window.value_or(default_window(scenario));
  options.window.depth = line.depth;
  options.tick = line.tick;
  options.bounds = line.bounds;
  return options;
}

std::string bounds_text(const ExploreDrillOptions& options) {
  std::string text = "from " + format_duration(options.window.from) + " to " +
                     format_duration(options.window.until);
  if (options.tick > Duration{}) text += ", ticks of " + format_duration(options.tick);
  if (options.window.depth != ExploredWindow{}.depth) {
    text += ", " + counted(options.window.depth, "choice") + " deep";
  }
  if (options.bounds.deviations != ExploreBounds{}.deviations) {
    text += ", up to " + counted(options.bounds.deviations, "deviation");
  }
  return text;
}

/// Why there may be more than was run.
std::string exhausted_text(const Coverage& coverage) {
  if (coverage.exhausted) return "yes: there is no other order of turns within these bounds";
  if (!coverage.complete_to) return "no";
  return "no: all with up to " + counted(*coverage.complete_to, "deviation") +
         ", and some with one more";
}

std::string verdicts_text(const Exploration& found) {
  std::string text;
  for (std::size_t i = 0; i < found.verdicts.size(); ++i) {
    if (found.verdicts[i] == 0) continue;
    text += (text.empty() ? "" : ", ") + std::to_string(found.verdicts[i]) + " " +
            std::string(kVerdictNames[i]);
  }
  return text;
}

std::string format_exploration(const Scenario& scenario, const ExploreDrillOptions& options,
                               const Exploration& found, Duration took) {
  const Coverage& coverage = found.coverage;
  std::string text = one_line(scenario.path) + ", seed " + std::to_string(options.seed) + ", " +
                     bounds_text(options) + "\n";
  const auto add = [&text](const std::string& name, const std::string& value) {
    text += "  " + padded(name, 15) + value + "\n";
  };
  add("interleavings",
      std::to_string(coverage.interleavings) +
          ", each another; different histories of states: " + std::to_string(found.histories));
  add("choice points", std::to_string(coverage.choice_points) + ", at most " +
                           std::to_string(coverage.most_choices) + " in one drill");
  add("exhaustive", exhausted_text(coverage));
  add("verdicts", verdicts_text(found));
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
  const auto rate = milliseconds == 0
                        ? std::uint64_t{0}
                        : drills_of(found) * 1000 / static_cast<std::uint64_t>(milliseconds);
  add("time", rounded_up(took) + (rate == 0 ? "" : ", " + std::to_string(rate) + " drills/s"));
  return text;
}

/// One redrawn line on a terminal.
class Counter {
 public:
  Counter(Console console, ProgressDisplay::Clock clock)
      : console_(console), clock_(std::move(clock)) {}

  void show(const Exploration& found) {
    if (!console_.terminal) return;
    const auto now = clock_();
    if (now < next_) return;
    next_ = now + ProgressDisplay::kRedrawInterval;
    console_.stream << "\r\033[K" << drills_of(found) << " interleavings, " << found.histories
                    << " histories" << std::flush;
  }
  void clear() {
    if (console_.terminal) console_.stream << "\r\033[K" << std::flush;
  }

 private:
  Console console_;
  ProgressDisplay::Clock clock_;
  std::chrono::steady_clock::time_point next_{};
};

ExitCode worst_of(const Exploration& found) {
  ExitCode code = ExitCode::kPassed;
  for (std::size_t i = 0; i < found.verdicts.size(); ++i) {
    if (found.verdicts[i] > 0) code = worse(code, code_of(static_cast<Verdict>(i)));
  }
  return code;
}

ExitCode explore_one(const Scenario& scenario, const ExploreOptions& line, const Consoles& consoles,
                     const ExploreTools& tools) {
  const auto began = tools.clock();
  Counter counter(consoles.err, tools.clock);
  ExploreDrillOptions options = options_for(scenario, line);
  options.go_on = [&](const Exploration& found) {
    counter.show(found);
    return !tools.interrupted() && tools.clock() - began < line.budget;
  };
  const Exploration found = tools.explore(scenario, options);
  const auto took = std::chrono::duration_cast<Duration>(tools.clock() - began);
  counter.clear();
  consoles.out.stream << format_exploration(scenario, options, found, took);
  if (found.failed) {
    Report report{.tool_version = kVersion, .drills = {*found.failed}};
    consoles.out.stream << "\n"
                        << format_terminal(report, {.width = consoles.out.width,
                                                    .log = !consoles.out.terminal,
                                                    .colour = consoles.out.colour});
  }
  return worst_of(found);
}

}  // namespace

ExitCode explore_command(const ExploreOptions& line, const Consoles& consoles,
                         const ExploreTools& tools, std::string& doing) {
  const LoadedScenarios loaded = load_scenarios(line.paths);
  if (!loaded.errors.empty()) {
    consoles.err.stream << loaded.errors << "Nothing was run.\n";
    return ExitCode::kUsage;
  }
  ExitCode code = ExitCode::kPassed;
  for (const Scenario& scenario : loaded.scenarios) {
    doing = "exploring " + one_line(scenario.path) + " --seed " + std::to_string(line.seed);
    code = worse(code, explore_one(scenario, line, consoles, tools));
    if (!tools.interrupted()) continue;
    consoles.err.stream << "interrupted\n";
    return worse(code, ExitCode::kAborted);
  }
  return code;
}

}  // namespace aftershock::cli
