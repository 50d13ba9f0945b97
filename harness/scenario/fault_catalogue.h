// Every kind of fault that a scenario may name. A family's kinds are in faults/<family>.cpp.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "harness/scenario/schema.h"
#include "harness/scenario/words.h"

namespace aftershock {

struct FaultInfo {
  std::string_view name;         ///< "database.outage"
  std::string_view description;  ///< one sentence
  std::vector<Role> roles;       ///< that it can hit
  bool has_duration;             ///< required when true, refused when false
  Field parameters;              ///< a map; without fields when it takes none
  /// The parameter that says how long the disturbance lasts, where there is no duration.
  std::string_view lasts = {};
  /// It may lose acknowledged work or alter rows, so that a cluster need not recover by itself.
  bool destructive = false;
  std::string_view unless = {};  ///< the flag with which it is not destructive
};

/// Family by family.
std::span<const FaultInfo> fault_catalogue();

/// The kind must be in the catalogue (CHECK).
const FaultInfo& fault_info(std::string_view name);

}  // namespace aftershock
