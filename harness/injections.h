// When and where a scenario's faults strike, as the seed draws it: what the engine runs, `plan`
// shows and a cluster carries out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/scenario/scenario.h"

namespace aftershock {

/// A fault, or with a stagger its share for one target. Times count from time 0.
struct Injection {
  std::size_t fault = 0;               ///< index in the scenario's faults
  std::vector<std::uint32_t> targets;  ///< indexes in the role; replaced by who reaches a barrier
  delta::Duration at{};
  delta::Duration heal_at{};  ///< of a fault with a duration; after a barrier: as much later

  /// How long it lasts by itself.
  delta::Duration lasts() const { return heal_at - at; }
};

/// In the order of the scenario's faults.
std::vector<Injection> plan_injections(const Scenario& scenario, std::uint64_t seed);

/// The target is whoever reaches the barrier: an orchestrator or a runner that takes part in it.
bool hits_who_reaches_barrier(const FaultSpec& fault);

}  // namespace aftershock
