// A sweep's report as JUnit XML, which CI systems show as tests.
#pragma once

#include <string>

#include "reports/sweep_report.h"

namespace aftershock {

/// One test suite a scenario, in it one test case a kind of failure (or "every seed", which
/// passed), and one suite for the canaries. Nothing in it differs between two sweeps of the same
/// drills: there are no times.
std::string format_sweep_junit(const SweepReport& report);

}  // namespace aftershock
