// What comes first on the page: the verdict, and all drills at a glance.
#pragma once

#include "reports/html/markup.h"
#include "reports/report.h"

namespace aftershock::html {

// What each section says below its heading.
Html summary_section(const Report& report);
Html systems_section(const Report& report);
Html losses_section(const Report& report);
Html changes_section(const Report& report);

}  // namespace aftershock::html
