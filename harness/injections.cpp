#include "harness/injections.h"

#include <algorithm>

#include "harness/targets.h"

namespace aftershock {
namespace {

using delta::Duration;

/// `count` instants within `span`: the first at 0, the last at its end, in random order.
std::vector<Duration> spread(Duration span, std::size_t count, delta::Rng& rng) {
  std::vector<Duration> times;
  for (std::size_t i = 0; i < count; ++i) {
    const auto steps = static_cast<std::int64_t>(std::max<std::size_t>(count, 2) - 1);
    times.push_back(span * static_cast<std::int64_t>(i) / steps);
  }
  for (std::size_t i = count; i > 1; --i) std::swap(times[i - 1], times[rng.below(i)]);
  return times;
}

}  // namespace

bool hits_who_reaches_barrier(const FaultSpec& fault) {
  const Role role = fault.target.role;
  const bool takes_part =
      role == Role::kOrchestrator || role == Role::kScheduler || role == Role::kRunner;
  return fault.barrier && takes_part && fault.target.mode == TargetMode::kOne;
}

std::vector<Injection> plan_injections(const Scenario& scenario, std::uint64_t seed) {
  std::vector<Injection> all;
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
    const FaultSpec& fault = scenario.faults[i];
    std::vector<std::uint32_t> targets = resolve_fault_targets(scenario, i, seed);
    const StaggerSpec& stagger = fault.stagger;
    if (stagger.start == Duration{} && stagger.heal == Duration{}) {
      all.push_back({i, std::move(targets), fault.at, fault.at + fault.lasts});
      continue;
    }
    delta::Rng rng = delta::Rng(seed).stream("stagger", i);
    const std::vector<Duration> starts = spread(stagger.start, targets.size(), rng);
    const std::vector<Duration> heals = spread(stagger.heal, targets.size(), rng);
    const Duration heal = fault.at + stagger.start + fault.lasts;
    for (std::size_t t = 0; t < targets.size(); ++t) {
      all.push_back({i, {targets[t]}, fault.at + starts[t], heal + heals[t]});
    }
  }
  return all;
}

}  // namespace aftershock
