// `aftershock replay`.
#pragma once

#include <string>

#include "harness/cli/command_line.h"
#include "harness/cli/console.h"
#include "harness/cli/exit_code.h"
#include "harness/cli/progress.h"

namespace aftershock::cli {

/// Runs one drill and shows its trace, or where it and another run part. Nothing runs when the
/// file is bad, when it has no host of a wanted name, or when --out cannot be written. The code is
/// the verdict's; with --diverge kFailed when they part. `clock` is for the progress display,
/// `doing` for internal_error_text().
ExitCode replay_command(const ReplayOptions& options, const Consoles& consoles,
                        const ProgressDisplay::Clock& clock, std::string& doing);

}  // namespace aftershock::cli
