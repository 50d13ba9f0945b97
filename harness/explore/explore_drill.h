// Explores a scenario: the same drill with every order of turns that the bounds leave open.
#pragma once

#include <array>
#include <functional>
#include <optional>

#include "harness/drill.h"
#include "harness/explore/explorer.h"
#include "reports/words.h"

namespace aftershock {

struct Exploration {
  Coverage coverage;
  std::array<std::uint64_t, kVerdictNames.size()> verdicts{};  ///< how many of each
  /// Different histories of commits among the interleavings. Ids that processes draw are part of
  /// a history, so that it counts some twice that a person would call the same.
  std::uint64_t histories = 0;
  std::optional<DrillReport> failed;  ///< the first that failed, which ended the exploration
};

struct ExploreDrillOptions {
  std::uint64_t seed = 1;
  ExploredWindow window;
  delta::Duration tick{};
  ExploreBounds bounds;
  /// Called after each drill, with all but the coverage. False: that was the last.
  std::function<bool(const Exploration&)> go_on;
};

/// From the scenario's first fault on, to the end of its observation.
ExploredWindow default_window(const Scenario& scenario);

Exploration explore_drill(const Scenario& scenario, const ExploreDrillOptions& options);

}  // namespace aftershock
