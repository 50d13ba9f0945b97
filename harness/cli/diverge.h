// What `aftershock replay --diverge OTHER` compares, and what comes of it.
#pragma once

#include <cstddef>
#include <expected>
#include <string>

#include "harness/cli/command_line.h"
#include "harness/scenario/scenario.h"

namespace aftershock::cli {

struct Explained {
  std::string text;
  bool same = false;
};

/// Runs the drill, and what OTHER names: a whole number is another seed, a file by --format steps
/// is read, any other *.yaml is another scenario, and what can be executed is another build. The
/// error says why there is no such thing.
std::expected<Explained, std::string> explain(const ReplayOptions& options,
                                              const Scenario& scenario, std::size_t width);

}  // namespace aftershock::cli
