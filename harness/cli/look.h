// The commands that run nothing: `list`, `validate`, `plan` and `alerts`.
#pragma once

#include <cstdint>
#include <string>

#include "harness/cli/command_line.h"
#include "harness/cli/console.h"
#include "harness/cli/exit_code.h"
#include "harness/scenario/scenario.h"

namespace aftershock::cli {

/// The scenarios below the given folders, or every kind of fault.
ExitCode list_command(const ListOptions& options, const Consoles& consoles);

/// Every error of every file on standard error, what is right on standard output.
ExitCode validate_command(const ValidateOptions& options, const Consoles& consoles);

/// What run would do with the same seed.
ExitCode plan_command(const PlanOptions& options, const Consoles& consoles);

/// The alert rules, for people or for Prometheus.
ExitCode alerts_command(const AlertsOptions& options, const Consoles& consoles);

/// The plan of one scenario: its cluster, targets, blast radius, timeline, objectives.
std::string format_plan(const Scenario& scenario, std::uint64_t seed, std::size_t width);

}  // namespace aftershock::cli
