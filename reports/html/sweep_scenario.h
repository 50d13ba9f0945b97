// One scenario on the page of a sweep.
#pragma once

#include <string>
#include <vector>

#include "reports/html/markup.h"
#include "reports/sweep_report.h"

namespace aftershock::html {

/// "scenario-3": where the page has it. Counts from 1.
std::string id_of_scenario(std::size_t index);

Html badge(const SweepScenario& scenario);

/// "And 12 more, which sweep.json has."
Html and_more(std::size_t findings);

/// Nothing when there are none.
Html sweep_mark_table(const std::vector<SweepMark>& marks);

/// All that is known of report.scenarios[index], under one summary that opens.
Html scenario_html(const SweepReport& report, std::size_t index);

}  // namespace aftershock::html
