// How many drills of each system met their objectives. Counts, and no score made of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reports/report.h"

namespace aftershock {

struct Compliance {
  std::string system;  ///< empty: of all together
  std::string world;
  std::uint64_t drills = 0;  ///< the sum of the next four
  std::uint64_t passed = 0;  ///< objectives met and invariants held
  std::uint64_t failed = 0;
  std::uint64_t inconclusive = 0;
  std::uint64_t aborted = 0;
  std::uint64_t over_target = 0;        ///< of the passed: within the max only
  std::uint64_t under_assumptions = 0;  ///< of the passed: mostly assumed time
  std::uint64_t with_losses = 0;        ///< acknowledged writes were gone at the end
};

/// A line for each system and world, in the order of the report.
std::vector<Compliance> compliance_by_system(const Report& report);

}  // namespace aftershock
