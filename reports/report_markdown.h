// A report as Markdown: what a pull request, a wiki or a step summary shows. Well below GitHub's
// limit of 1 MiB: long lists are cut, and say so.
#pragma once

#include <string>

#include "reports/report.h"

namespace aftershock {

std::string format_markdown(const Report& report);

}  // namespace aftershock
