// One path through the tree of all choices: the first of the ready fibers at each, with exceptions.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "simulator/kernel/schedule.h"

namespace aftershock::sim {

/// A choice at which not the first is taken. Choices count from 0, within the window.
struct Deviation {
  std::uint32_t choice = 0;
  std::uint32_t taken = 1;  ///< which of the ready; 0 would be the first

  auto operator<=>(const Deviation&) const = default;
};

/// The part of a run whose choices count. Outside it the first is taken.
struct ChoiceWindow {
  SimTime from{};
  SimTime until = kForever;                                         ///< no longer in it
  std::uint32_t depth = std::numeric_limits<std::uint32_t>::max();  ///< choices that count at most
};

/// Follows a path and writes down what else could have been taken. The first of the ready is the
/// one that has been ready longest, so that a path without deviations is fair.
class ChoicePath final : public Guide {
 public:
  /// `deviations` in the order of their choices, at most one each.
  ChoicePath(const ChoiceWindow& window, std::vector<Deviation> deviations)
      : window_(window), deviations_(std::move(deviations)) {}

  std::size_t choose(SimTime now, std::size_t ready) noexcept override;

  /// How many were ready at each choice that counts.
  const std::vector<std::uint32_t>& ready_counts() const { return ready_counts_; }
  /// Every deviation's choice came, with enough fibers ready. Else it is another program's path.
  bool followed() const { return fits_ && next_ == deviations_.size(); }

 private:
  ChoiceWindow window_;
  std::vector<Deviation> deviations_;
  std::size_t next_ = 0;  ///< of the deviations
  bool fits_ = true;
  std::vector<std::uint32_t> ready_counts_;
};

}  // namespace aftershock::sim
