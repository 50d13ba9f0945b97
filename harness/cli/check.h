// The work of `aftershock check`.
#pragma once

#include <string>

#include "harness/cli/command_line.h"
#include "harness/cli/console.h"

namespace aftershock::cli {

ExitCode check_command(const CheckOptions& options, const Consoles& consoles, std::string& doing);

}  // namespace aftershock::cli
