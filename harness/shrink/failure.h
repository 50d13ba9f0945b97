// In which way a drill failed, so that a smaller one can be asked to fail in the same way.
#pragma once

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

/// What else makes the drill a bad example of `failure`: reasons for doubt such as a fault without
/// an effect, other objectives breached, invariants broken that `excepted` names. A count, 0 at
/// best. None when the drill does not fail in this way.
std::optional<std::size_t> flaws_beside(const Failure& failure, const Scenario& scenario,
                                        const DrillReport& report,
                                        const std::vector<ExceptedInvariant>& excepted);

}  // namespace aftershock::shrink
