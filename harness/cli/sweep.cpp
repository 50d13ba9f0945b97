#include "harness/cli/sweep.h"

#include <unistd.h>

#include <map>
#include <memory>
#include <utility>

#include "harness/cli/occasion.h"
#include "harness/cli/scenario_files.h"
#include "harness/cli/sweep_folder.h"
#include "harness/cli/sweep_progress.h"
#include "harness/cli/version.h"
#include "harness/drill.h"
#include "harness/other_build.h"
#include "harness/sweep/load.h"
#include "harness/sweep/summary.h"
#include "harness/sweep/sweep.h"
#include "reports/text.h"

namespace aftershock::cli {

using namespace sweep;

namespace {

constexpr const char* kNothingRun = "\nNothing was run.\n";

/// What is to be swept, or why not, ready to print.
std::expected<LoadedSweep, std::string> load(const SweepOptions& options) {
  LoadedScenarios scenarios = load_scenarios(options.paths);
  LoadedScenarios canaries = load_scenarios(options.canaries);
  if (const std::string errors = scenarios.errors + canaries.errors; !errors.empty()) {
    return std::unexpected(errors + "Nothing was run.\n");
  }
  auto loaded = load_sweep(std::move(scenarios.scenarios), std::move(canaries.scenarios));
  if (!loaded) return std::unexpected("error: " + loaded.error() + kNothingRun);
  SweepPlan& plan = loaded->plan;
  plan.seeds = options.seeds;
  plan.shard = options.shard;
  plan.recheck_ppm = options.recheck_ppm;
  plan.schedule = options.schedule;
  if (!options.other_build.empty()) {
    const auto digest = file_digest(options.other_build);
    if (!digest || access(options.other_build.c_str(), X_OK) != 0) {
      return std::unexpected("error: --other-build: '" + one_line(options.other_build) +
                             "' cannot be executed" + kNothingRun);
    }
    plan.other_build = *digest;
  }
  return loaded;
}

/// Reads the journal that is there into `state`, and opens it to go on.
std::expected<Journal, std::string> resume(const std::string& folder, const JournalHead& head,
                                           SweepState& state, const RunTools& tools) {
  const JournalReader reader{[&head](const JournalHead& found) { return difference(found, head); },
                             [&state](const Entry& entry) { return state.add(entry); }};
  const auto size = read_journal(folder, reader);
  if (!size) return std::unexpected(size.error());
  return Journal::go_on(folder, *size, tools.clock);
}

std::expected<std::unique_ptr<Journal>, std::string> open_journal(const SweepOptions& options,
                                                                  const JournalHead& head,
                                                                  SweepState& state,
                                                                  const RunTools& tools) {
  if (options.out.empty()) return nullptr;
  if (has_journal(options.out) && !options.resume) {
    return std::unexpected("there is the journal of a sweep in '" + one_line(options.out) +
                           "' already\n  hint: --resume goes on with it; or choose another --out");
  }
  auto journal = has_journal(options.out) ? resume(options.out, head, state, tools)
                                          : Journal::create(options.out, head, tools.clock);
  if (!journal) return std::unexpected(journal.error());
  return std::make_unique<Journal>(*std::move(journal));
}

/// The digest by the other build; or in brackets what came instead.
DrillResult by_other_build(const SweepOptions& options, const Scenario& scenario, DrillKey key) {
  DrillResult result{.key = key, .ending = Ending::pass};
  const auto digest = digest_by({options.other_build, scenario.path, key.seed, options.schedule});
  result.digest =
      digest ? *digest : "(" + digest.error().substr(0, digest.error().find('\n')) + ")";
  return result;
}

/// What the workers keep from one drill to the next.
struct Kept {
  sim::StackPool stacks;
  std::map<std::uint32_t, ScheduleSpec> schedules;  ///< estimated, by scenario
};

/// What the workers do.
Work work_of(const SweepOptions& options, const std::vector<Scenario>& scenarios,
             const RunTools& tools) {
  return [&, kept = std::make_shared<Kept>()](Task task, DrillKey key) {
    const Scenario& scenario = scenarios.at(key.scenario);
    const auto begun = tools.clock();
    if (task == Task::other_build) {
      DrillResult result = by_other_build(options, scenario, key);
      result.wall = tools.clock() - begun;
      return result;
    }
    auto schedule = kept->schedules.find(key.scenario);
    if (schedule == kept->schedules.end()) {
      const ScheduleSpec complete = estimated(scenario, options.schedule);
      schedule = kept->schedules.emplace(key.scenario, complete).first;
    }
    const DrillReport report = tools.run_drill(
        scenario, {.seed = key.seed, .schedule = schedule->second, .stacks = &kept->stacks});
    return result_of(key, report, tools.clock() - begun);
  };
}

SweepDelivery delivery_of(const SweepOptions& options) {
  return {options.out, options.summary, options.json, options.quiet};
}

SweepOutcome run(const SweepOptions& options, const std::vector<Scenario>& scenarios,
                 SweepState& state, Journal* journal, const Consoles& consoles,
                 const RunTools& tools) {
  SweepProgress progress(consoles.err, options.quiet, options.budget, tools.clock);
  const SweepLimits limits{options.jobs, options.budget, options.stop_on_first, options.time_limit};
  const SweepTools sweep_tools{
      .work = work_of(options, scenarios, tools),
      .interrupted = tools.interrupted,
      .clock = tools.clock,
      .progress = [&progress](const SweepStatus& status) { progress.update(status); },
      .host = host_name()};
  const SweepOutcome outcome = run_sweep(state, journal, limits, sweep_tools);
  progress.clear();
  if (!outcome.error.empty()) {
    consoles.err.stream << "error: " << outcome.error << "\n  hint: make room, then go on with "
                        << "--resume\n";
  } else if (outcome.ended.how == SweepEnd::interrupted) {
    consoles.err.stream << "interrupted" << (journal == nullptr ? "" : ": go on with --resume")
                        << "\n";
  }
  return outcome;
}

}  // namespace

ExitCode sweep_command(const SweepOptions& options, const Consoles& consoles, const RunTools& tools,
                       std::string& doing) {
  const auto refuse = [&consoles](const std::string& text) {
    consoles.err.stream << text;
    return ExitCode::kUsage;
  };
  const auto loaded = load(options);
  if (!loaded) return refuse(loaded.error());
  const SweepDelivery delivery = delivery_of(options);
  if (const auto ready = prepare_delivery(delivery); !ready) {
    return refuse("error: " + ready.error() + kNothingRun);
  }
  const JournalHead head{kVersion, this_build(), loaded->plan};
  SweepState state(head.plan);
  const auto journal = open_journal(options, head, state, tools);
  if (!journal) return refuse("error: " + journal.error() + kNothingRun);
  doing = "sweeping";
  const SweepOutcome outcome =
      run(options, loaded->scenarios, state, journal->get(), consoles, tools);
  doing = "reporting the sweep";
  const SweepReport report =
      summarize(head, state.tally, std::string(name_of(outcome.ended.how)), {outcome.ended});
  const bool delivered = deliver_sweep(report, delivery, consoles);
  return delivered ? code_of(report) : worse(code_of(report), ExitCode::kAborted);
}

}  // namespace aftershock::cli
