#include "simulator/kernel/choice_path.h"

namespace aftershock::sim {

std::size_t ChoicePath::choose(SimTime now, std::size_t ready) noexcept {
  const bool counts =
      now >= window_.from && now < window_.until && ready_counts_.size() < window_.depth;
  if (!counts) return 0;
  const std::size_t choice = ready_counts_.size();
  ready_counts_.push_back(static_cast<std::uint32_t>(ready));
  if (next_ == deviations_.size() || deviations_[next_].choice != choice) return 0;
  const std::uint32_t taken = deviations_[next_++].taken;
  if (taken < ready) return taken;
  fits_ = false;
  return 0;
}

}  // namespace aftershock::sim
