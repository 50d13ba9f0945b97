// What `run` leaves behind: the report in its forms, and the job's summary.
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "harness/cli/command_line.h"
#include "harness/cli/console.h"
#include "reports/report.h"

namespace aftershock::cli {

/// Proves, before the first drill, that all of it can be written. The report to compare with, if
/// there is one; the error says what to do. `note` is told of a report in --out that is none.
std::expected<std::optional<Report>, std::string> prepare_run_report(const RunOptions& options,
                                                                     Console note);

/// Prints the report and writes it to --out; whether that was written.
bool deliver_run(const Report& report, const RunOptions& options, const Consoles& consoles);

}  // namespace aftershock::cli
