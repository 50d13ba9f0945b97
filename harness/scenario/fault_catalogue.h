// Every kind of fault that a scenario may name.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "harness/scenario/schema.h"
#include "harness/scenario/words.h"

namespace aftershock {

struct FaultInfo {
  FaultKind kind;
  std::string_view name;         ///< "database.outage"
  std::string_view description;  ///< one sentence
  std::vector<Role> roles;       ///< that it can hit
  bool has_duration;             ///< required when true, refused when false
  Field parameters;              ///< a map; without fields when it takes none
};

/// In the order of FaultKind.
std::span<const FaultInfo> fault_catalogue();

const FaultInfo& fault_info(FaultKind kind);

}  // namespace aftershock
