// One drill on the page: everything that was measured of it, under one summary that opens.
#pragma once

#include <string>

#include "reports/html/markup.h"
#include "reports/report.h"

namespace aftershock::html {

/// "drill-3": where the page has it. Counts from 1.
std::string id_of_drill(std::size_t index);

Html drill_html(const DrillReport& drill, std::size_t index);

}  // namespace aftershock::html
