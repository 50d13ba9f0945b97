// What a sweep's report says beside the drills: the plan, and how it went this time.
#pragma once

#include <string>
#include <vector>

#include "harness/sweep/journal.h"
#include "harness/sweep/tally.h"
#include "reports/sweep_report.h"

namespace aftershock::sweep {

/// The report of one journal's sweep, or of a merge, whose plan is that of shard 1/1. `ended` are
/// the ends of the processes that had a part in it.
SweepReport summarize(const JournalHead& head, const Tally& tally, const std::string& how_it_ended,
                      const std::vector<Ended>& ended);

/// SHA-256 of the program that runs; empty when it cannot be read.
std::string this_build();

}  // namespace aftershock::sweep
