// What is not as it was in an earlier report.
#pragma once

#include "reports/report.h"

namespace aftershock {

/// Drills are the same when scenario, system and world are; of several seeds the first counts. A
/// figure is worse when its objective is judged worse, or when it grew by more than a tenth.
ChangesReport changes_since(const Report& before, const Report& now);

/// Whether a figure grew by more than a tenth.
bool grew(Duration before, Duration now);

}  // namespace aftershock
