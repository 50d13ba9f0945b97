// A scenario with something of everything, of which most is beside the point.
#pragma once

#include <stdexcept>

#include "harness/scenario/loader.h"

namespace aftershock::shrink {

inline constexpr const char* kLargePath = "tests/unit/data/scenario/large.yaml";

inline Scenario large_scenario() {
  auto scenario = load_scenario(kLargePath);
  if (!scenario) throw std::runtime_error(format_diagnostics(scenario.error()));
  return std::move(*scenario);
}

}  // namespace aftershock::shrink
