// A trace for ui.perfetto.dev: the Trace Event Format (JSON), which Chrome's own viewer and others
// open too.
#pragma once

#include <ostream>

#include "reports/report.h"
#include "reports/trace.h"

namespace aftershock {

/// Hosts are processes, tracks and their lanes are threads. Times are microseconds from the
/// beginning of the warm-up. Spans are complete events that nest, arrows go from a wait in the
/// queue to the lease that ended it.
void write_perfetto(const Trace& trace, const DrillReport& report, std::ostream& out);

}  // namespace aftershock
