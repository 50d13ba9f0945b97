// `aftershock run`.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "harness/cli/command_line.h"
#include "harness/cli/console.h"
#include "harness/cli/exit_code.h"
#include "harness/cli/progress.h"
#include "harness/drill.h"

namespace aftershock::cli {

/// What the command works with; tests put in their own.
struct RunTools {
  std::function<DrillReport(const Scenario&, const DrillOptions&)> run_drill;
  std::function<bool()> interrupted;  ///< asked between drills
  ProgressDisplay::Clock clock;
  std::function<std::chrono::sys_seconds()> wall_clock = {};  ///< for a history, and the occasion
  std::function<EnvironmentReport()> machine = {};            ///< none: no occasion is noted
};

/// Loads every scenario, then runs them one by one, then prints and writes the report. Nothing
/// runs when a file is bad or --out cannot be written. After an interrupt the drills that are
/// finished are reported and the code is kAborted. `doing` says what is going on, for
/// internal_error_text().
ExitCode run_command(const RunOptions& options, const Consoles& consoles, const RunTools& tools,
                     std::string& doing);

/// What is printed about a bug of ours.
std::string internal_error_text(std::string_view what, std::string_view doing);

}  // namespace aftershock::cli
