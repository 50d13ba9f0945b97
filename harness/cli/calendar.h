// `aftershock calendar`.
#pragma once

#include <chrono>

#include "harness/cli/command_line.h"
#include "harness/cli/console.h"
#include "harness/cli/exit_code.h"

namespace aftershock::cli {

/// Shows what of the plan is due, adds to the history what people did, or writes timers. `now` is
/// real time. kFailed: --check, and something is overdue or failed.
ExitCode calendar_command(const CalendarOptions& options, const Consoles& consoles,
                          std::chrono::sys_seconds now);

}  // namespace aftershock::cli
