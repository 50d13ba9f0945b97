// Writing a scenario as the file that load_scenario() reads it from.
#pragma once

#include <string>

#include "harness/scenario/scenario.h"

namespace aftershock {

/// The file: keys in the format's order, without those that have their default. `comment` comes
/// first, a '#' before each of its lines. Reading it gives the same scenario, field by field, for
/// every scenario that was read from a file, and for every copy of one with other values as long as
/// the loader accepts them.
std::string write_scenario(const Scenario& scenario, const std::string& comment = {});

}  // namespace aftershock
