#include "harness/trace/recorded_run.h"

#include <fstream>

#include "harness/drill.h"

namespace aftershock {

RecordedRun record_run(const Scenario& scenario, std::uint64_t seed, const ScheduleSpec& schedule) {
  RecordedRun run;
  run.name = "seed " + std::to_string(seed) + " of " + scenario.path;
  run.report = run_simulated(
      scenario, {.seed = seed, .schedule = schedule, .step_log = &run.steps, .trace = &run.trace});
  return run;
}

std::expected<RecordedRun, std::string> record_by_program(const ProgramRun& run) {
  const auto written = steps_by(run);
  if (!written) return std::unexpected(written.error());
  std::ifstream in(written->path);
  auto recorded = read_steps(
      in, "seed " + std::to_string(run.seed) + " of " + run.path + ", by " + run.program);
  if (recorded) return recorded;
  return std::unexpected("what " + run.program + " wrote is no list of steps: " + recorded.error());
}

}  // namespace aftershock
