// From scenarios to the plan of a sweep.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "harness/scenario/scenario.h"
#include "harness/sweep/plan.h"

namespace aftershock::sweep {

struct LoadedSweep {
  SweepPlan plan;  ///< seeds, shard and share of second runs are left to the caller
  std::vector<Scenario>
      scenarios;  ///< as in the plan; a canary's asks for a pass, so that it fails
};

/// Sorted by path. A canary that is among the scenarios, too, is a canary alone. The error names
/// what is no canary, or cannot be read.
std::expected<LoadedSweep, std::string> load_sweep(std::vector<Scenario> scenarios,
                                                   std::vector<Scenario> canaries);

/// SHA-256 of a file, in hexadecimal; the error says why it cannot be read.
std::expected<std::string, std::string> file_digest(const std::string& path);

}  // namespace aftershock::sweep
