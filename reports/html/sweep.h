// The report of a sweep as one page for people, as html.h has one of drills.
#pragma once

#include <string>

#include "reports/sweep_report.h"

namespace aftershock {

/// The same report gives the same bytes. SweepMachine's line alone has the id "machine".
std::string format_sweep_html(const SweepReport& report);

}  // namespace aftershock
