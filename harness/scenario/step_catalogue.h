// Every step that a scenario's runbook may name.
#pragma once

#include <span>
#include <string_view>

#include "harness/scenario/schema.h"

namespace aftershock {

struct StepInfo {
  std::string_view name;         ///< "lift_fault"
  std::string_view description;  ///< one sentence
  Field parameters;              ///< a map; without fields when it takes none
};

std::span<const StepInfo> step_catalogue();

}  // namespace aftershock
