// In which way a drill failed, so that a smaller one can be asked to fail in the same way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/scenario/scenario.h"
#include "reports/report.h"

namespace aftershock::shrink {

struct Failure {
  enum class Kind : std::uint8_t {
    invariant,  ///< one was violated, and the scenario did not ask for it
    rto,        ///< breached
    rpo,        ///< breached
    detection,  ///< an alert did not do what the scenario asks for
    unbroken,   ///< the scenario asks for a violation, and none was seen
    crash       ///< the drill ended in an error of ours
  };

  Kind kind = Kind::invariant;
  std::string name;  ///< of the invariant or the alert

  friend bool operator==(const Failure&, const Failure&) = default;
};

/// "broke fail-closed", "breached its RTO": what a drill did that failed so.
std::string deed_of(const Failure& failure);

/// The ways in which the drill failed, the worst first: invariants in the order in which they
/// broke, then objectives, then alerts. None when its verdict is another.
std::vector<Failure> failures_of(const Scenario& scenario, const DrillReport& report);

/// What else makes a drill a bad example of its failure. None of it at best.
struct Flaws {
  /// A fault without an effect, no steady state, more work than the slots can bear: repaired, it
  /// would be inconclusive, or fail for that.
  std::size_t doubts = 0;
  std::size_t others = 0;  ///< breached objectives, missed alerts, broken rules that were excepted

  bool no_worse_than(const Flaws& before) const {
    return doubts <= before.doubts && others <= before.others;
  }
};

/// None when the drill does not fail in this way. `excepted` are invariants that the drill it was
/// shrunk from does not judge.
std::optional<Flaws> flaws_beside(const Failure& failure, const Scenario& scenario,
                                  const DrillReport& report,
                                  const std::vector<ExceptedInvariant>& excepted);

}  // namespace aftershock::shrink
