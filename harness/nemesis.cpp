#include "harness/nemesis.h"

#include <algorithm>

#include "core/rng.h"

namespace aftershock {
namespace {

using delta::Duration;

/// Swarm testing (Groce et al., ISSTA 2012): drills that leave kinds out find bugs that drills with
/// a little of everything hide.
std::vector<std::size_t> kept_entries(const NemesisSpec& nemesis, delta::Rng& rng) {
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < nemesis.faults.size(); ++i) {
    if (rng.chance_ppm(nemesis.swarm_ppm)) kept.push_back(i);
  }
  if (kept.empty()) kept.push_back(rng.below(nemesis.faults.size()));
  return kept;
}

/// One fault of this entry at `at`.
FaultSpec draw_fault(const NemesisFault& entry, Duration at, delta::Rng& rng) {
  FaultSpec fault = entry.pattern;
  fault.at = at;
  if (entry.duration.max > Duration{}) {
    fault.duration = rng.between(entry.duration.min, entry.duration.max);
    fault.lasts = *fault.duration;
  }
  return fault;
}

/// Gaps are even between nothing and twice the average; the first fault may come at once.
std::vector<FaultSpec> draw_entry(const NemesisSpec& nemesis, const NemesisFault& entry,
                                  delta::Rng& rng) {
  std::vector<FaultSpec> drawn;
  const Duration end = nemesis.start + nemesis.length;
  Duration at =
      nemesis.start + rng.between(Duration{}, std::min(2 * entry.every, nemesis.length / 2));
  while (at < end) {
    FaultSpec fault = draw_fault(entry, at, rng);
    if (fault.end() <= end) drawn.push_back(std::move(fault));
    at += rng.between(Duration{1}, 2 * entry.every);
  }
  return drawn;
}

/// What does not fit into the budget is left out.
std::vector<FaultSpec> within_budget(std::vector<FaultSpec> drawn, std::uint32_t at_once) {
  std::ranges::stable_sort(drawn, {}, &FaultSpec::at);
  std::vector<FaultSpec> kept;
  for (FaultSpec& fault : drawn) {
    const auto beside = std::ranges::count_if(
        kept, [&fault](const FaultSpec& other) { return other.end() >= fault.at; });
    if (beside < static_cast<std::ptrdiff_t>(at_once)) kept.push_back(std::move(fault));
  }
  return kept;
}

}  // namespace

Scenario with_nemesis(const Scenario& scenario, std::uint64_t seed) {
  Scenario expanded = scenario;
  if (!scenario.nemesis) return expanded;
  const NemesisSpec& nemesis = *scenario.nemesis;
  delta::Rng rng = delta::Rng(seed).stream("nemesis");
  const std::vector<std::size_t> entries = kept_entries(nemesis, rng);
  std::vector<FaultSpec> drawn;
  for (const std::size_t entry : entries) {
    delta::Rng own = delta::Rng(seed).stream("nemesis-entry", entry);
    for (FaultSpec& fault : draw_entry(nemesis, nemesis.faults[entry], own)) {
      drawn.push_back(std::move(fault));
    }
  }
  if (drawn.empty()) drawn.push_back(draw_fault(nemesis.faults[entries[0]], nemesis.start, rng));
  for (FaultSpec& fault : within_budget(std::move(drawn), nemesis.at_once)) {
    fault.id = "nemesis-" + std::to_string(1 + expanded.faults.size() - scenario.faults.size());
    expanded.faults.push_back(std::move(fault));
  }
  return expanded;
}

}  // namespace aftershock
