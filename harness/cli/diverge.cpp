#include "harness/cli/diverge.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "harness/cli/commands/shared_options.h"
#include "harness/cli/scenario_files.h"
#include "harness/trace/divergence.h"
#include "reports/text.h"

namespace aftershock::cli {
namespace {

namespace fs = std::filesystem;

using Recorded = std::expected<RecordedRun, std::string>;

Recorded read_file(const std::string& path) {
  std::ifstream in(path);
  auto run = read_steps(in, path);
  if (!run) return std::unexpected("cannot read the steps in " + quote(path) + ": " + run.error());
  return run;
}

Recorded other_scenario(const ReplayOptions& options) {
  const LoadedScenarios loaded = load_scenarios({options.diverge});
  if (loaded.scenarios.size() == 1) {
    return record_run(loaded.scenarios.front(), options.seed, options.schedule);
  }
  return std::unexpected("--diverge takes one scenario\n" + loaded.errors);
}

Recorded other_run(const ReplayOptions& options, const Scenario& scenario) {
  const std::string& other = options.diverge;
  std::error_code error;
  if (const auto seed = parse_seed(other)) return record_run(scenario, *seed, options.schedule);
  if (is_steps_file(other)) return read_file(other);
  if (fs::path(other).extension() == ".yaml") return other_scenario(options);
  if (fs::is_regular_file(other, error) && access(other.c_str(), X_OK) == 0) {
    return record_by_program({other, scenario.path, options.seed, options.schedule});
  }
  return std::unexpected(
      "--diverge: " + quote(other) +
      " is neither a seed, nor a scenario, nor a build of this program, nor what it wrote\n"
      "  hint: a program is named by its path: ./aftershock");
}

}  // namespace

std::expected<Explained, std::string> explain(const ReplayOptions& options,
                                              const Scenario& scenario, std::size_t width) {
  const Recorded other = other_run(options, scenario);
  if (!other) return std::unexpected(other.error());
  const RecordedRun mine = record_run(scenario, options.seed, options.schedule);
  return Explained{explain_divergence(mine, *other, {.width = width}),
                   !first_divergence(mine.steps, other->steps)};
}

}  // namespace aftershock::cli
