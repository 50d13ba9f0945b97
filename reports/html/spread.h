// How far a figure spreads over the seeds of each scenario, as a chart.
#pragma once

#include <string_view>

#include "reports/html/markup.h"
#include "reports/sweep_report.h"

namespace aftershock::html {

/// Which of a scenario's distributions.
using Spread = Distribution SweepScenario::*;

/// `id` is of the chart: "rta". Scenarios that have no such figure, or only 0, are left out and
/// counted; nothing when none is left.
Html spread_figure(const SweepReport& report, Spread spread, std::string_view id,
                   std::string_view name);

}  // namespace aftershock::html
