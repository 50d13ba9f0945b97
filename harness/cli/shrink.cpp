#include "harness/cli/shrink.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <stdexcept>

#include "core/check.h"
#include "harness/cli/out_file.h"
#include "harness/cli/scenario_files.h"
#include "harness/cli/shrink_progress.h"
#include "harness/scenario/loader.h"
#include "harness/scenario/schema.h"
#include "harness/scenario/writer.h"
#include "harness/shrink/label.h"
#include "harness/shrink/shrink.h"
#include "reports/text.h"

namespace aftershock::cli {
namespace {

namespace fs = std::filesystem;
using shrink::Failure;

/// So many times more seeds are tried before a fault is found to be needed.
constexpr std::uint64_t kForFaults = 5;

ExitCode usage(const Consoles& consoles, const std::string& message) {
  consoles.err.stream << "error: " << message << "\nNothing was run.\n";
  return ExitCode::kUsage;
}

std::string out_of(const ShrinkOptions& options, const Scenario& scenario) {
  return options.out.empty() ? scenario.name + "-shrunk.yaml" : options.out;
}

/// What is wrong with the name of the file that is to be written, if anything.
std::optional<std::string> wrong_name(const std::string& out, const Scenario& scenario) {
  const fs::path path(out);
  if (path.extension() != ".yaml") return "--out needs a file that ends with .yaml";
  const Field* name = scenario_schema().find("scenario");
  if (const auto fits = read_scalar(*name, path.stem().string()); !fits) {
    return "--out: a scenario is named as its file: " + fits.error().message;
  }
  std::error_code ignored;
  if (fs::equivalent(path, scenario.path, ignored)) {
    return "--out is the scenario that is to be shrunk";
  }
  return std::nullopt;
}

/// A drill; nothing when it ended in an error of ours.
std::optional<DrillReport> run(const Scenario& scenario, const shrink::Chance& chance,
                               const RunTools& tools) {
  DrillOptions options;
  options.seed = chance.seed;
  options.schedule = parse_schedule(chance.schedule).value();
  try {
    return tools.run_drill(scenario, options);
  } catch (const delta::CheckFailed&) {
    return std::nullopt;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

/// In which way it failed, if in the way that is asked for.
std::optional<Failure> failure_of(const Scenario& scenario,
                                  const std::optional<DrillReport>& report,
                                  const std::string& invariant) {
  std::vector<Failure> all{{Failure::Kind::crash, ""}};
  if (report) all = shrink::failures_of(scenario, *report);
  if (!invariant.empty()) {
    std::erase_if(all, [&](const Failure& failure) {
      return failure.kind != Failure::Kind::invariant || failure.name != invariant;
    });
  }
  return all.empty() ? std::nullopt : std::optional(all.front());
}

ExitCode nothing_to_shrink(const ShrinkOptions& options, const Scenario& scenario,
                           const DrillReport& report, Console err) {
  const std::string subject = one_line(scenario.path) + " " +
                              shrink::options_of({options.seed, text_of(options.schedule)}) + " ";
  std::string what = report.verdict == Verdict::pass ? "passes" : "is inconclusive";
  if (report.verdict == Verdict::fail) what = "fails, but does not break " + options.invariant;
  err.stream << subject << what << ": nothing to shrink\n";
  for (const std::string& reason : report.reasons) err.stream << "  " << one_line(reason) << "\n";
  return ExitCode::kInconclusive;
}

shrink::Oracle make_oracle(const shrink::Origin& origin, const RunTools& tools) {
  return [&origin, &tools](const Scenario& scenario,
                           const shrink::Chance& chance) -> std::optional<shrink::Flaws> {
    const auto report = run(scenario, chance, tools);
    const bool crash = origin.failure.kind == Failure::Kind::crash;
    if (!report) return crash ? std::optional(shrink::Flaws{}) : std::nullopt;
    return flaws_beside(origin.failure, scenario, *report, origin.scenario.excepted_invariants);
  };
}

shrink::Shrunk smallest(const ShrinkOptions& options, const shrink::Origin& origin,
                        const std::string& out, const RunTools& tools, Console err) {
  ShrinkDisplay display(err, tools.clock);
  const auto end = tools.clock() + options.budget;
  shrink::Options how{
      .trials = {.oracle = make_oracle(origin, tools),
                 .jobs = options.jobs,
                 .stop = [&] { return tools.interrupted() || tools.clock() >= end; }},
      .progress = [&display](const shrink::Step& step) { display.update(step); }};
  // From 1 on, the seed of a run without --seed, so that the file fails without one if it can.
  for (std::uint64_t seed = 1; seed <= kForFaults * options.tries; ++seed) {
    how.others.push_back(seed);
  }
  how.few = options.tries;
  Scenario named = origin.scenario;
  named.path = out;
  named.name = fs::path(out).stem().string();
  auto shrunk = shrink::shrink(named, origin.chance, std::move(how));
  display.clear();
  if (shrunk) return std::move(*shrunk);
  return {std::move(named), origin.chance, 0, false};  // stopped before the first drill
}

/// The report on what the file says; it must fail as the candidate did.
std::optional<DrillReport> checked(const std::string& text, const shrink::Shrunk& shrunk,
                                   const shrink::Origin& origin, const RunTools& tools) {
  const auto scenario = parse_scenario(text, shrunk.scenario.path);
  if (!scenario) throw std::runtime_error(format_diagnostics(scenario.error()));
  auto report = run(*scenario, shrunk.chance, tools);
  const auto failures = report ? shrink::failures_of(*scenario, *report)
                               : std::vector<Failure>{{Failure::Kind::crash, ""}};
  if (std::ranges::find(failures, origin.failure) == failures.end()) {
    throw std::runtime_error("the shrunk drill did not fail again: its drills are not repeatable");
  }
  return report;
}

ExitCode write(OutFile& file, const shrink::Shrunk& shrunk, const shrink::Origin& origin,
               const RunTools& tools, const Consoles& consoles) {
  const std::string text = write_scenario(labelled(shrunk, origin), comment_on(shrunk, origin));
  const std::optional<DrillReport> after = checked(text, shrunk, origin, tools);
  file.stream() << text;
  if (const auto written = file.finish(); !written) {
    consoles.err.stream << "error: " << written.error() << "\n";
    return ExitCode::kAborted;
  }
  consoles.out.stream << one_line(origin.scenario.path) << " " << shrink::options_of(origin.chance)
                      << " " << shrink::deed_of(origin.failure) << "; shrunk in " << shrunk.drills
                      << " drills:\n"
                      << comparison(shrunk, origin, after)
                      << "written: " << one_line(shrunk.scenario.path)
                      << "\nreplay:  " << one_line(replay_of(shrunk)) << "\n";
  if (shrunk.complete) return ExitCode::kPassed;
  if (tools.interrupted()) {
    consoles.err.stream << "interrupted: something smaller may fail, too\n";
    return ExitCode::kAborted;
  }
  consoles.err.stream << "cut off by --budget: something smaller may fail, too\n";
  return ExitCode::kPassed;
}

}  // namespace

ExitCode shrink_command(const ShrinkOptions& options, const Consoles& consoles,
                        const RunTools& tools, std::string& doing) {
  const LoadedScenarios loaded = load_scenarios({options.path});
  if (!loaded.errors.empty()) {
    consoles.err.stream << loaded.errors << "Nothing was run.\n";
    return ExitCode::kUsage;
  }
  if (loaded.scenarios.size() != 1)
    return usage(consoles, "shrink takes one scenario, not a folder");
  shrink::Origin origin{.scenario = loaded.scenarios.front(),
                        .chance = {options.seed, text_of(options.schedule)}};
  const std::string out = out_of(options, origin.scenario);
  if (const auto wrong = wrong_name(out, origin.scenario)) return usage(consoles, *wrong);
  const auto file = OutFile::open(out);
  if (!file) return usage(consoles, file.error());

  doing = "shrinking " + one_line(origin.scenario.path) + " --seed " + std::to_string(options.seed);
  origin.report = run(origin.scenario, origin.chance, tools);
  const auto failure = failure_of(origin.scenario, origin.report, options.invariant);
  if (!failure && !origin.report) {
    throw std::runtime_error("the drill itself ends in an error; shrink it without --invariant");
  }
  if (!failure) return nothing_to_shrink(options, origin.scenario, *origin.report, consoles.err);
  origin.failure = *failure;
  const shrink::Shrunk shrunk = smallest(options, origin, out, tools, consoles.err);
  return write(**file, shrunk, origin, tools, consoles);
}

}  // namespace aftershock::cli
