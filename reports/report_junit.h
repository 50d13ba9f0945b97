// A report as JUnit XML: a suite a drill, a case for each thing that was judged.
#pragma once

#include <string>

#include "reports/report.h"

namespace aftershock {

std::string format_junit(const Report& report);

}  // namespace aftershock
