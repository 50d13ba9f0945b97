// A sweep's report for people at a terminal or in a log.
#pragma once

#include <string>

#include "reports/sweep_report.h"
#include "reports/terminal.h"

namespace aftershock {

/// A table of the scenarios, what did not pass with the commands that replay it, a summary line.
/// With `only_failed` no table; empty when everything passed.
std::string format_sweep_terminal(const SweepReport& report, const TerminalStyle& style);

}  // namespace aftershock
