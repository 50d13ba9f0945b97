#include "harness/trace/recorded_run.h"

#include <fstream>

#include "harness/drill.h"
#include "harness/trace/program_run.h"

namespace aftershock {

RecordedRun record_run(const Scenario& scenario, std::uint64_t seed, const ScheduleSpec& schedule) {
  RecordedRun run;
  run.name = "seed " + std::to_string(seed) + " of " + scenario.path;
  run.report = run_simulated(
      scenario, {.seed = seed, .schedule = schedule, .step_log = &run.steps, .trace = &run.trace});
  return run;
}

std::expected<RecordedRun, std::string> record_by_program(const std::string& program,
                                                          const std::string& path,
                                                          std::uint64_t seed,
                                                          const ScheduleSpec& schedule) {
  const auto written = run_program_for_steps(program, path, seed, schedule);
  if (!written) return std::unexpected(written.error());
  std::ifstream in(written->path());
  auto run = read_steps(in, "seed " + std::to_string(seed) + " of " + path + ", by " + program);
  if (!run)
    return std::unexpected("what " + program + " wrote is no list of steps: " + run.error());
  return run;
}

}  // namespace aftershock
