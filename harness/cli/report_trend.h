// `aftershock report trend`.
#pragma once

#include <string>
#include <vector>

#include "harness/cli/console.h"
#include "harness/cli/exit_code.h"
#include "reports/trend.h"

namespace aftershock::cli {

enum class TrendFormat : std::uint8_t { kText, kMarkdown, kJson };

struct ReportTrendOptions {
  std::vector<std::string> paths = {};  ///< folders with reports somewhere in them, or report.json
  TrendOptions trend = {};
  TrendFormat format = TrendFormat::kText;
  bool check = false;  ///< kFailed when a drill became worse
};

/// Reads every report.json below the folders. One that cannot be understood is named, and the
/// others are shown all the same; without any the code is kUsage.
ExitCode report_trend_command(const ReportTrendOptions& options, const Consoles& consoles,
                              std::string& doing);

}  // namespace aftershock::cli
