// The figures of a report as CSV (RFC 4180), a line a drill. Times are seconds; a figure that was
// not measured is empty.
#pragma once

#include <string>

#include "reports/report.h"

namespace aftershock {

std::string format_csv(const Report& report);

}  // namespace aftershock
