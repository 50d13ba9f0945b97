// The figures of a report in Prometheus' text format, for a push gateway.
#pragma once

#include <string>

#include "reports/report.h"

namespace aftershock {

std::string format_prometheus(const Report& report);

}  // namespace aftershock
