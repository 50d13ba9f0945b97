// How a system came back: the order of its recovery and the checklist, as tables for people.
#pragma once

#include <string>

#include "reports/report.h"

namespace aftershock {

/// Empty when the scenario has neither. Lines end with a line break, and are cut at `width`.
std::string recovery_text(const DrillReport& drill, std::size_t width);

}  // namespace aftershock
