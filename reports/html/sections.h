// The sections that auditors ask for: what each says below its heading.
#pragma once

#include "reports/audit.h"
#include "reports/html/markup.h"
#include "reports/report.h"

namespace aftershock::html {

Html exercise_section(const Report& report);
Html participants_section(const Report& report);
Html deviations_section(const Report& report);
Html findings_section(const Report& report);
Html communication_section(const Report& report);
Html clauses_section();
Html recheck_section(const Report& report);

}  // namespace aftershock::html
