#include "harness/engine/fault_timeline.h"

#include <algorithm>

namespace aftershock {

using namespace std::chrono_literals;

namespace {

/// The first looks at the effect are close together, so that the bracket around t0 is narrow.
constexpr delta::Duration kFirstLook = 1ms;
constexpr delta::Duration kLongestLook = 1s;
/// A fault that is over at once may still take this long to show.
constexpr delta::Duration kMomentary = 60s;

}  // namespace

FaultTimeline::FaultTimeline(DrillContext& context) : context_(context) {
  for (std::size_t i = 0; i < context.scenario.faults.size(); ++i) {
    const FaultSpec& spec = context.scenario.faults[i];
    FaultReport report;
    report.id = spec.id;
    report.kind = name_of(spec.kind);
    report.targets = context.cluster.targets(i);
    reports_.push_back(std::move(report));
  }
}

void FaultTimeline::start() {
  for (std::size_t i = 0; i < reports_.size(); ++i) {
    context_.tasks.spawn("fault", [this, i] { run_fault(i); });
  }
}

void FaultTimeline::run_fault(std::size_t index) {
  const FaultSpec& spec = context_.scenario.faults[index];
  FaultReport& report = reports_[index];
  context_.runtime.clock.sleep_until(context_.zero + spec.at);
  const auto touched = context_.cluster.about_to_touch(index);
  touched_.insert(touched_.end(), touched.begin(), touched.end());
  const delta::Duration requested = context_.since_zero();
  report.effective = Bounds{requested, requested};
  context_.cluster.inject(index);
  const delta::MonoTime end = context_.zero + (spec.duration ? spec.end() : spec.at + kMomentary);
  watch_effect(index, end);
  if (!report.bit) report.effective.reset();
  if (spec.end() == spec.at) return;
  context_.runtime.clock.sleep_until(context_.zero + spec.end());
  if (spec.duration) context_.cluster.heal(index);
  report.healed = context_.since_zero();
}

void FaultTimeline::watch_effect(std::size_t index, delta::MonoTime until) {
  FaultReport& report = reports_[index];
  for (delta::Duration look = kFirstLook;; look = std::min(2 * look, kLongestLook)) {
    const FaultEffect effect = context_.cluster.effect(index);
    report.bit = effect.bit;
    report.evidence = effect.evidence;
    if (effect.bit) {
      report.effective->upper = context_.since_zero();
      return;
    }
    const delta::MonoTime next = context_.now() + look;
    if (next >= until) return;
    context_.runtime.clock.sleep_until(next);
  }
}

std::optional<Bounds> FaultTimeline::first_effect() const {
  std::optional<Bounds> first;
  for (const FaultReport& report : reports_) {
    if (report.effective && (!first || report.effective->lower < first->lower)) {
      first = report.effective;
    }
  }
  return first;
}

std::optional<delta::Duration> FaultTimeline::last_heal() const {
  std::optional<delta::Duration> last;
  for (const FaultReport& report : reports_) {
    if (report.healed) last = std::max(last.value_or(*report.healed), *report.healed);
  }
  return last;
}

}  // namespace aftershock
