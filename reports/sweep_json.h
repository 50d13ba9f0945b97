// A sweep's report as JSON, its one true form; reports/sweep.schema.json describes it.
#pragma once

#include <string>
#include <string_view>

#include "reports/sweep_report.h"

namespace aftershock {

inline constexpr std::string_view kSweepFormat = "aftershock-sweep-report";

/// UTF-8 text, indented, ending with a line break. What may differ between two sweeps of the same
/// drills is in "machine", the last member, and nowhere else.
std::string write_sweep_report(const SweepReport& report);

}  // namespace aftershock
