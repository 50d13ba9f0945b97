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

/// " on runner-1, runner-3"
std::string on(const std::vector<std::string>& targets) {
  std::string text;
  for (const std::string& target : targets) text += (text.empty() ? " on " : ", ") + target;
  return text;
}

}  // namespace

FaultTimeline::FaultTimeline(DrillContext& context)
    : context_(context), outcomes_(context.cluster.injections().size()) {
  for (std::size_t i = 0; i < outcomes_.size(); ++i) {
    lifted_.push_back(std::make_unique<delta::StopSignal>(context.runtime));
  }
}

void FaultTimeline::lift(std::size_t fault) {
  for (std::size_t i = 0; i < lifted_.size(); ++i) {
    if (context_.cluster.injections()[i].fault == fault) lifted_[i]->request();
  }
}

void FaultTimeline::start() {
  for (std::size_t i = 0; i < outcomes_.size(); ++i) {
    context_.tasks.spawn("fault", [this, i] { run_injection(i); });
  }
}

std::optional<Injected> FaultTimeline::inject(std::size_t index) {
  const Injection& plan = context_.cluster.injections()[index];
  const FaultSpec& spec = context_.scenario.faults[plan.fault];
  context_.runtime.clock.sleep_until(context_.zero + plan.at);
  if (!spec.barrier) return context_.cluster.inject(index);
  return context_.cluster.inject_at_barrier(index, context_.zero + plan.at + spec.barrier->within);
}

void FaultTimeline::run_injection(std::size_t index) {
  const Injection& plan = context_.cluster.injections()[index];
  const FaultSpec& spec = context_.scenario.faults[plan.fault];
  Outcome& outcome = outcomes_[index];
  auto injected = inject(index);
  if (!injected) {
    outcome.over = context_.since_zero();
    outcome.evidence = "the barrier " + std::string(name_of(spec.barrier->name)) +
                       " was not reached within " + delta::format_duration(spec.barrier->within);
    trace(index, "missed", "missed: " + outcome.evidence);
    return;
  }
  outcome.targets = std::move(injected->targets);
  touched_.insert(touched_.end(), injected->touched.begin(), injected->touched.end());
  const delta::Duration requested = injected->at - context_.zero;
  const delta::Duration end = requested + plan.lasts();
  trace(index, "request", "requested: " + spec.kind + on(outcome.targets));
  outcome.effective = Bounds{requested, requested};
  if (plan.lasts() == delta::Duration{}) outcome.over = requested;
  watch_effect(index, spec.duration ? end : requested + kMomentary);
  trace(index, outcome.bit ? "effect" : "no_effect",
        (outcome.bit ? "took effect: " : "took no effect: ") + outcome.evidence);
  if (!outcome.bit) outcome.effective.reset();
  if (plan.lasts() == delta::Duration{}) return;
  lifted_[index]->sleep_until(context_.zero + end);
  if (spec.duration) context_.cluster.heal(index);
  outcome.healed = outcome.over = context_.since_zero();
  trace(index, "heal", spec.duration ? "lifted" : "is over");
}

void FaultTimeline::trace(std::size_t index, const char* what, const std::string& text) const {
  const Outcome& outcome = outcomes_[index];
  context_.note([&] {
    TraceEvent event{
        .kind = TraceKind::fault,
        .what = what,
        .others = outcome.targets,
        .subject = context_.scenario.faults[context_.cluster.injections()[index].fault].id,
        .value = static_cast<std::int64_t>(index),
        .text = text};
    event.text = event.subject + " " + event.text;
    return event;
  });
}

void FaultTimeline::watch_effect(std::size_t index, delta::Duration until) {
  Outcome& outcome = outcomes_[index];
  for (delta::Duration look = kFirstLook;; look = std::min(2 * look, kLongestLook)) {
    FaultEffect effect = context_.cluster.effect(index);
    outcome.bit = effect.bit;
    outcome.evidence = std::move(effect.evidence);
    if (effect.bit) {
      outcome.effective->upper = context_.since_zero();
      return;
    }
    const delta::Duration next = context_.since_zero() + look;
    if (next >= until) return;
    if (!lifted_[index]->sleep_until(context_.zero + next)) return;
  }
}

/// A fault whose targets are hit one after another has bitten when all of them were.
FaultReport FaultTimeline::report_on(std::size_t fault) const {
  FaultReport report;
  report.id = context_.scenario.faults[fault].id;
  report.kind = context_.scenario.faults[fault].kind;
  report.bit = true;
  for (std::size_t i = 0; i < outcomes_.size(); ++i) {
    if (context_.cluster.injections()[i].fault != fault) continue;
    const Outcome& outcome = outcomes_[i];
    report.targets.insert(report.targets.end(), outcome.targets.begin(), outcome.targets.end());
    if (outcome.healed)
      report.healed = std::max(report.healed.value_or(Duration{}), *outcome.healed);
    const bool first = !report.effective ||
                       (outcome.effective && outcome.effective->lower < report.effective->lower);
    if (outcome.effective && first) report.effective = outcome.effective;
    // The evidence of the first that did not bite, or else of the first.
    if (report.evidence.empty() || (report.bit && !outcome.bit)) report.evidence = outcome.evidence;
    report.bit = report.bit && outcome.bit;
  }
  if (!report.bit) report.effective.reset();
  return report;
}

std::vector<FaultReport> FaultTimeline::reports() const {
  std::vector<FaultReport> reports;
  for (std::size_t i = 0; i < context_.scenario.faults.size(); ++i) reports.push_back(report_on(i));
  return reports;
}

std::optional<Bounds> FaultTimeline::first_effect() const {
  std::optional<Bounds> first;
  for (const FaultReport& report : reports()) {
    if (report.effective && (!first || report.effective->lower < first->lower)) {
      first = report.effective;
    }
  }
  return first;
}

std::optional<delta::Duration> FaultTimeline::over() const {
  std::optional<delta::Duration> last;
  for (const Outcome& outcome : outcomes_) {
    if (!outcome.over) return std::nullopt;
    last = std::max(last.value_or(*outcome.over), *outcome.over);
  }
  return last;
}

std::optional<delta::Duration> FaultTimeline::last_heal() const {
  std::optional<delta::Duration> last;
  for (const Outcome& outcome : outcomes_) {
    if (outcome.healed) last = std::max(last.value_or(*outcome.healed), *outcome.healed);
  }
  return last;
}

}  // namespace aftershock
