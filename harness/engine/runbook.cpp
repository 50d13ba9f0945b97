#include "harness/engine/runbook.h"

#include "harness/engine/operator_action.h"
#include "harness/scenario/recovery_rules.h"
#include "reports/text.h"

namespace aftershock {

using namespace std::chrono_literals;

namespace {

/// Between two looks at what a step waits for.
constexpr Duration kLook = 1s;

std::string trigger_text(const StepTrigger& trigger) {
  if (trigger.time) return "at " + delta::format_duration(*trigger.time);
  if (!trigger.alert.empty()) return "alert " + trigger.alert;
  return "step " + trigger.step;
}

}  // namespace

Runbook::Runbook(DrillContext& context, FaultTimeline& faults, const ReadinessProbe& probe,
                 RecoveryOrder& order, FirstFired first_fired)
    : context_(context),
      faults_(faults),
      probe_(probe),
      order_(order),
      first_fired_(std::move(first_fired)),
      test_task_(context) {
  for (const StepSpec& step : context.scenario.runbook) {
    StepReport report;
    report.id = step.id;
    report.step = step.kind;
    report.by = name_of(step.by);
    report.trigger = trigger_text(step.after);
    report.assumed_delay = step.delay;
    reports_.push_back(std::move(report));
  }
}

void Runbook::start() {
  for (std::size_t i = 0; i < reports_.size(); ++i) {
    context_.tasks.spawn("runbook", [this, i] { run_step(i); });
  }
}

std::optional<Duration> Runbook::triggered(const StepTrigger& trigger) const {
  if (trigger.time) {
    return context_.since_zero() >= *trigger.time ? trigger.time : std::nullopt;
  }
  if (!trigger.alert.empty()) return first_fired_(trigger.alert);
  for (const StepReport& report : reports_) {
    if (report.id == trigger.step && report.done) return report.ended;
  }
  return std::nullopt;
}

std::optional<Duration> Runbook::wait_for(const StepTrigger& trigger) {
  if (trigger.time && !context_.watch_stop.sleep_until(context_.zero + *trigger.time)) return {};
  for (;;) {
    if (const auto at = triggered(trigger)) return at;
    if (!context_.watch_stop.sleep_until(context_.now() + kLook)) return std::nullopt;
  }
}

void Runbook::run_step(std::size_t index) {
  const StepSpec& step = context_.scenario.runbook[index];
  StepReport& report = reports_[index];
  report.triggered = wait_for(step.after);
  if (report.triggered) trace(index, "trigger", " is due: " + report.trigger);
  const Duration begin = report.triggered.value_or(Duration{}) + step.delay;
  if (!report.triggered || !context_.watch_stop.sleep_until(context_.zero + begin)) {
    report.outcome = report.triggered ? "the drill ended first" : "what it waits for never came";
    return;
  }
  report.began = context_.since_zero();
  trace(index, "begin", " begins: " + report.step + " by " + report.by);
  StepResult result = carry_out(step);
  report.done = result.done;
  report.outcome = std::move(result.detail);
  report.ended = context_.since_zero();
  trace(index, "end", (report.done ? ": " : " is not done: ") + report.outcome);
}

void Runbook::trace(std::size_t index, const char* what, const std::string& text) const {
  const StepReport& report = reports_[index];
  context_.note([&] {
    return TraceEvent{
        .kind = TraceKind::runbook, .what = what, .subject = report.id, .text = report.id + text};
  });
}

void Runbook::lift_all(std::string_view kind) {
  const std::vector<FaultSpec>& faults = context_.scenario.faults;
  for (std::size_t i = 0; i < faults.size(); ++i) {
    if (faults[i].kind == kind) faults_.lift(i);
  }
}

StepResult Runbook::carry_out(const StepSpec& step) {
  if (step.kind == "lift_fault") {
    const std::size_t fault = step.parameters.count("fault");
    faults_.lift(fault);
    return {true, "lifted " + context_.scenario.faults[fault].id};
  }
  if (const auto action = admin_action(step)) return request_action(context_, *action);
  if (step.kind == "run_test_task") return test_task_.run(step);
  const auto started = started_by(step);
  if (started) order_.on_start(*started);
  StepResult result = context_.cluster.act(step);
  if (result.done && step.kind == "restore_database") lift_all("database.corrupt");
  if (result.done && step.kind == "start_services") {
    result.detail += "; " + await_ready(*started, step.parameters.duration("wait"));
  }
  return result;
}

std::string Runbook::await_ready(Role role, Duration wait) {
  const delta::MonoTime begun = context_.now();
  for (;;) {
    const Readiness found = probe_.look(role);
    const Duration waited = context_.now() - begun;
    if (found.ready) return "ready after " + rounded_up(waited) + ": " + found.seen;
    if (waited >= wait || !context_.watch_stop.sleep_until(context_.now() + kLook)) {
      return "not ready after " + rounded_up(waited) + ": " + found.seen;
    }
  }
}

}  // namespace aftershock
