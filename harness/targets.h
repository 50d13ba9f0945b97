// Which processes a fault hits: the one resolution that both the engine and `plan` use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/rng.h"
#include "harness/scenario/scenario.h"

namespace aftershock {

/// The indexes that `spec` names among `population` processes of its role, sorted, without
/// repeats, never empty. Draws from `rng` only where the mode says so. A count or a listed index
/// beyond the population is a mistake of the caller (CHECK): load_scenario() refuses it.
std::vector<std::uint32_t> resolve_targets(const TargetSpec& spec, std::uint32_t population,
                                           delta::Rng& rng);

/// The same for the fault at `index` of the scenario's faults, with the stream of that fault.
std::vector<std::uint32_t> resolve_fault_targets(const Scenario& scenario, std::size_t index,
                                                 std::uint64_t seed);

/// "runner-3"; the role alone where a cluster only ever has one: "database".
std::string target_name(Role role, std::uint32_t index);

/// Where clients, canary and witness are: no fault's target.
inline constexpr const char* kOutside = "outside";
/// Of a cluster's hosts, kOutside included.
std::vector<std::string> host_names(const ClusterSpec& cluster);

}  // namespace aftershock
