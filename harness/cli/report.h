// `aftershock report` and its commands.
#pragma once

#include <functional>
#include <string>

#include "harness/cli/console.h"
#include "harness/cli/exit_code.h"
#include "harness/cli/report_options.h"
#include "harness/drill.h"

namespace aftershock::cli {

/// What the command works with; tests put in their own.
struct ReportTools {
  std::function<DrillReport(const Scenario&, const DrillOptions&)> run_drill;
  std::function<bool()> interrupted;
  std::function<std::string()> build;  ///< SHA-256 of this program; empty: unknown
};

/// kUsage: what was named cannot be read, or is no bundle, no report, no key, or a file with
/// mistakes; kFailed: a bundle is not what it was; kAborted: part of it could not be checked, or
/// something could not be written.
ExitCode report_command(const ReportOptions& options, const Consoles& consoles,
                        const ReportTools& tools, std::string& doing);

}  // namespace aftershock::cli
