// Runs a program once for each order in which its fibers may take turns, within bounds: stateless
// model checking, as CHESS and Shuttle do it.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

#include "harness/schedule.h"

namespace aftershock {

struct ExploreBounds {
  std::uint32_t deviations = std::numeric_limits<std::uint32_t>::max();  ///< of one execution
  std::uint64_t executions = std::numeric_limits<std::uint64_t>::max();
};

/// What one execution showed.
struct Execution {
  std::vector<std::uint32_t> ready_counts;  ///< of its ChoicePath
  bool go_on = true;                        ///< false: nothing more is to be run
};

/// Each execution is another interleaving, so that their number needs no comparing.
struct Coverage {
  std::uint64_t interleavings = 0;
  std::uint64_t choice_points = 0;  ///< different ones: the inner nodes of the tree that were met
  std::uint32_t most_choices = 0;   ///< of one execution
  /// All interleavings with so many deviations or fewer were run; none: not even the first.
  std::optional<std::uint32_t> complete_to;
  bool exhausted = false;  ///< there is no other below the bounds on choices and deviations
};

/// Runs the path without deviations, then all paths with one, then all with two, and so on: few
/// deviations find most bugs, and what is complete can be told in a number when time runs out.
/// `execute` must be a function of its argument; std::runtime_error when it shows that it is not.
Coverage explore(const ExploreBounds& bounds,
                 const std::function<Execution(const Deviations&)>& execute);

}  // namespace aftershock
