#include "harness/explore/explore_drill.h"

#include <algorithm>
#include <set>

namespace aftershock {

ExploredWindow default_window(const Scenario& scenario) {
  const delta::Duration from = scenario.faults.empty()
                                   ? delta::Duration{}
                                   : std::ranges::min(scenario.faults, {}, &FaultSpec::at).at;
  return {.from = from, .until = scenario.observation};
}

Exploration explore_drill(const Scenario& scenario, const ExploreDrillOptions& options) {
  Exploration found;
  std::set<std::uint64_t> histories;
  sim::StackPool stacks;
  ScheduleSpec schedule{
      .kind = sim::Schedule::guided, .window = options.window, .tick = options.tick};
  found.coverage = explore(options.bounds, [&](const Deviations& deviations) {
    ChoiceRecord choices;
    schedule.deviations = deviations;
    DrillReport report = run_simulated(
        scenario,
        {.seed = options.seed, .schedule = schedule, .choices = &choices, .stacks = &stacks});
    ++found.verdicts.at(static_cast<std::size_t>(report.verdict));
    histories.insert(choices.history);
    found.histories = histories.size();
    const bool failed = report.verdict == Verdict::fail;
    if (failed) found.failed = std::move(report);
    const bool go_on = options.go_on(found) && !failed;
    return Execution{std::move(choices.ready_counts), go_on};
  });
  return found;
}

}  // namespace aftershock
