// The parts of a Markdown report that are about the occasion, not the drills.
#pragma once

#include <string>

#include "reports/audit.h"

namespace aftershock {

/// "**Draft: 18 of 18 blanks are not filled.**"; empty where nobody noted the exercise down.
std::string draft_line(const Report& report);
/// Since the last report, and when each drill was held before; empty: nothing is known.
std::string markdown_changes(const Report& report);
/// Exercise, environment, what people say, and the clauses; empty as above.
std::string markdown_audit(const Report& report);

}  // namespace aftershock
