// `aftershock sweep` and `aftershock merge`.
#pragma once

#include <string>

#include "harness/cli/command_line.h"
#include "harness/cli/console.h"
#include "harness/cli/exit_code.h"
#include "harness/cli/run.h"

namespace aftershock::cli {

/// Runs many seeds of the scenarios in worker processes, then prints and writes the report. Nothing
/// runs when a file is bad, or --out or its journal cannot be used. After an interrupt, or when the
/// disk is full, what is done is reported and the code is kAborted. `tools.run_drill` is called in
/// the workers. This process must have no other thread. `doing` is for internal_error_text().
ExitCode sweep_command(const SweepOptions& options, const Consoles& consoles, const RunTools& tools,
                       std::string& doing);

/// The report of all shards of a sweep, from their journals.
ExitCode merge_command(const MergeOptions& options, const Consoles& consoles, std::string& doing);

}  // namespace aftershock::cli
