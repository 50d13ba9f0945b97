// `aftershock shrink`.
#pragma once

#include <string>

#include "harness/cli/command_line.h"
#include "harness/cli/console.h"
#include "harness/cli/exit_code.h"
#include "harness/cli/run.h"

namespace aftershock::cli {

/// Runs the drill; when it fails, looks for the smallest one that fails in the same way and writes
/// its file. Codes: kPassed when it was written, kInconclusive when the drill does not fail so and
/// nothing is written, kAborted when an interrupt came (the smallest until then is written) or the
/// file could not be written. `tools` are used from several threads. `doing` says what is going on,
/// for internal_error_text().
ExitCode shrink_command(const ShrinkOptions& options, const Consoles& consoles,
                        const RunTools& tools, std::string& doing);

}  // namespace aftershock::cli
