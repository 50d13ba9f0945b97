// A report as one page for people: it needs no network and no other file. All of its text is there
// without its script, which only draws the charts.
#pragma once

#include <string>

#include "reports/report.h"

namespace aftershock {

/// The same report gives the same bytes.
std::string format_html(const Report& report);

}  // namespace aftershock
