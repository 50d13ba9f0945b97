#include "harness/engine/recovery.h"

#include <algorithm>

namespace aftershock {

ServiceRecovery service_recovery(std::span<const CanarySample> samples,
                                 const Disruption& disruption) {
  ServiceRecovery result;
  for (const CanarySample& sample : samples) {
    if (sample.ok || sample.ended < disruption.effective.lower) continue;
    result.first_failure = std::min(result.first_failure.value_or(sample.sent), sample.sent);
    result.last_failure = std::max(result.last_failure.value_or(sample.sent), sample.sent);
  }
  // Service may have come back at any moment after the last failing canary was sent, and is
  // proven by the end of the first good one that was sent later.
  const Duration after = result.last_failure.value_or(disruption.effective.upper);
  std::optional<CanarySample> proof;
  for (const CanarySample& sample : samples) {
    const bool later = result.last_failure ? sample.sent > after : sample.sent >= after;
    if (!sample.ok || !later) continue;
    if (!proof || sample.sent < proof->sent) proof = sample;
  }
  if (!proof || disruption.observation_end - proof->ended < disruption.window) return result;
  const Duration lower = std::max(result.last_failure.value_or(disruption.effective.lower),
                                  disruption.effective.lower);
  result.recovered = Bounds{lower, proof->ended};
  return result;
}

Bounds time_since(const Bounds& effective, const Bounds& recovered) {
  const Duration zero{};
  return {std::max(zero, recovered.lower - effective.upper),
          std::max(zero, recovered.upper - effective.lower)};
}

namespace {

Judgement compare(Duration measured, Duration target, Duration max) {
  if (measured <= target) return Judgement::met;
  return measured <= max ? Judgement::over_target : Judgement::breached;
}

}  // namespace

Judgement judge_recovery(const std::optional<Bounds>& measured, Duration target, Duration max) {
  return measured ? compare(measured->upper, target, max) : Judgement::breached;
}

Judgement judge_loss(Duration measured, Duration target, Duration max) {
  return compare(measured, target, max);
}

bool restores(const StepReport& step) { return step.step != "run_test_task"; }

Duration assumed_time(std::span<const StepReport> steps, const Bounds& within) {
  std::vector<Bounds> assumed;
  for (const StepReport& step : steps) {
    if (!step.triggered || !step.began || !restores(step)) continue;
    assumed.push_back({std::max(*step.triggered, within.lower),
                       std::min(*step.triggered + step.assumed_delay, within.upper)});
  }
  std::ranges::sort(assumed, {}, &Bounds::lower);
  Duration total{};
  Duration counted_to = within.lower;
  for (const Bounds& part : assumed) {
    const Duration from = std::max(part.lower, counted_to);
    if (part.upper <= from) continue;
    total += part.upper - from;
    counted_to = part.upper;
  }
  return total;
}

Duration recovery_point(std::span<const LostWrite> lost, const Bounds& effective) {
  Duration point{};
  for (const LostWrite& write : lost) {
    point = std::max(point, effective.upper - write.acknowledged_at);
  }
  return point;
}

}  // namespace aftershock
