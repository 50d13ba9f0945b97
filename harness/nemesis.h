// A nemesis is drawn into plain faults before the drill begins: engine, plan and report know no
// other.
#pragma once

#include "harness/scenario/scenario.h"

namespace aftershock {

/// The scenario with the faults that its nemesis draws for this seed, in the order of their
/// beginning, named nemesis-1, nemesis-2, ... Unchanged without a nemesis. At least one entry is
/// always kept, and at least one fault drawn.
Scenario with_nemesis(const Scenario& scenario, std::uint64_t seed);

}  // namespace aftershock
