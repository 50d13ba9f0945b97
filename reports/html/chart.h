// The charts of a drill: what the script draws them from, and the same in words and tables for
// those who cannot see them.
#pragma once

#include <string>

#include "reports/html/markup.h"
#include "reports/report.h"

namespace aftershock::html {

/// Faults, detection, outage and recovery over what the system did meanwhile.
Html timeline_figure(const DrillReport& drill, const std::string& id);
/// How the recovery time splits.
Html split_figure(const DrillReport& drill, const std::string& id);
/// Which runner held which lease, and how each ended.
Html lease_figure(const DrillReport& drill, const std::string& id);

/// The data of all of them, in a <script> element that is not run.
Html chart_data(const DrillReport& drill, const std::string& id);

}  // namespace aftershock::html
