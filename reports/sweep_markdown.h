// A sweep's report as the Markdown of a CI job's summary.
#pragma once

#include <string>

#include "reports/sweep_report.h"

namespace aftershock {

/// The verdict and the table first. At most kMostSummaryBytes, however much failed: GitHub refuses
/// a step's summary beyond 1 MiB. The last line, after "<!-- machine -->", is SweepMachine's.
std::string format_sweep_markdown(const SweepReport& report);
inline constexpr std::size_t kMostSummaryBytes = 256 * 1024;

}  // namespace aftershock
