// The sections that auditors ask for.
#pragma once

#include "reports/audit.h"
#include "reports/html/markup.h"
#include "reports/report.h"

namespace aftershock::html {

/// <section id="findings"> with its heading.
Html section(Section which, const Html& content);

Html exercise_section(const Report& report);
Html participants_section(const Report& report);
Html deviations_section(const Report& report);
Html findings_section(const Report& report);
Html communication_section(const Report& report);
Html clauses_section();
Html recheck_section(const Report& report);

}  // namespace aftershock::html
