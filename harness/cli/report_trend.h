// `aftershock report trend`.
#pragma once

#include <string>

#include "harness/cli/console.h"
#include "harness/cli/exit_code.h"
#include "harness/cli/report_options.h"

namespace aftershock::cli {

/// Reads every report.json below the folders. One that cannot be understood is named, and the
/// others are shown all the same; without any the code is kUsage.
ExitCode report_trend_command(const ReportTrend& options, const Consoles& consoles,
                              std::string& doing);

}  // namespace aftershock::cli
