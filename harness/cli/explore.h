// `aftershock explore`.
#pragma once

#include <functional>
#include <string>

#include "harness/cli/command_line.h"
#include "harness/cli/console.h"
#include "harness/cli/exit_code.h"
#include "harness/cli/progress.h"
#include "harness/explore/explore_drill.h"

namespace aftershock::cli {

/// What the command works with; tests put in their own.
struct ExploreTools {
  std::function<Exploration(const Scenario&, const ExploreDrillOptions&)> explore;
  std::function<bool()> interrupted;  ///< asked between drills
  ProgressDisplay::Clock clock;
};

/// Explores one file after another, and prints how much was covered and the first drill of each
/// that failed. Nothing runs when a file is bad. A budget that ends is no failure: what is printed
/// says that there are more. After an interrupt the code is kAborted.
ExitCode explore_command(const ExploreOptions& line, const Consoles& consoles,
                         const ExploreTools& tools, std::string& doing);

}  // namespace aftershock::cli
