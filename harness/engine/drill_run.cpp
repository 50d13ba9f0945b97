#include "harness/engine/drill_run.h"

#include <algorithm>

namespace aftershock {

using namespace std::chrono_literals;

namespace {

constexpr delta::Duration kProgressInterval = 30s;
constexpr delta::Duration kQuiescePoll = 1s;

}  // namespace

delta::Duration quiesce_bound(const Scenario& scenario, std::size_t open_runs) {
  constexpr std::size_t most_jobs = 4;  // of a run, in the largest shape
  delta::Settings s = scenario.settings;
  for (const StepSpec& step : scenario.runbook) {
    if (step.kind == "set_lease_ttl")
      s.lease_ttl = std::max(s.lease_ttl, step.parameters.duration("ttl"));
  }
  delta::Duration longest = scenario.workload.jobs.duration.max;
  for (const ScheduleWorkload& schedule : scenario.workload.schedules) {
    longest = std::max(longest, schedule.jobs.duration.max);
  }
  const delta::Duration secrets =
      scenario.workload.jobs.secrets > 0 ? s.secrets_deadline : delta::Duration{};
  const delta::Duration one_try = s.reconcile_after + s.reconcile_interval + s.retry_backoff_max +
                                  s.ack_window + s.lease_ttl + s.upload_deadline + secrets +
                                  longest;
  const ProcessGroup& runners = scenario.cluster.runners;
  const auto rounds = static_cast<std::int64_t>(open_runs * most_jobs /
                                                (std::size_t{runners.count} * runners.slots));
  return s.lease_ttl + 4 * one_try + rounds * longest;
}

DrillRun::DrillRun(const Scenario& scenario, Cluster& cluster, const DrillOptions& options,
                   TraceRecorder* trace)
    : options_(options),
      context_(scenario, cluster, trace),
      faults_(context_),
      workload_(context_, delta::Rng(options.seed).stream("workload")),
      schedules_(context_, delta::Rng(options.seed).stream("schedules")),
      canary_(context_),
      watch_(context_, faults_),
      scraper_(context_),
      readiness_(context_, scraper_),
      order_(context_, readiness_),
      runbook_(context_, faults_, readiness_, order_, [this](std::string_view alert) {
        const AlertReport* fired = scraper_.first_since(alert, Duration{});
        return fired != nullptr ? std::optional(fired->at) : std::nullopt;
      }) {}

void DrillRun::begin(std::string_view phase) const {
  context_.note([phase] {
    return TraceEvent{
        .kind = TraceKind::phase, .what = std::string(phase), .text = std::string(phase)};
  });
}

void DrillRun::show(std::string_view phase) const {
  if (!options_.progress) return;
  const Scenario& scenario = context_.scenario;
  options_.progress({phase, context_.since_zero() + scenario.steady_state.warm_up,
                     scenario.steady_state.warm_up + scenario.observation});
}

void DrillRun::wait_in_phase(std::string_view phase, delta::Duration until) {
  begin(phase);
  for (;;) {
    show(phase);
    const delta::Duration now = context_.since_zero();
    if (now >= until) return;
    context_.runtime.clock.sleep_until(context_.zero + std::min(until, now + kProgressInterval));
  }
}

void DrillRun::run() {
  scraper_.start();
  canary_.start();
  workload_.start();
  schedules_.start();
  wait_in_phase("warm-up", 0s);
  faults_.start();
  watch_.start();
  order_.start();
  runbook_.start();
  wait_in_phase("inject", std::ranges::max(context_.scenario.faults, {}, &FaultSpec::end).end());
  wait_in_phase("recover", context_.scenario.observation);
  if (!context_.scenario.checklist.empty()) look_around();
  quiesce();
}

void DrillRun::look_around() {
  for (const Role role : kChecklistRoles) {
    presence_[role] = context_.cluster.presence(role);
    ready_[role] = readiness_.look(role);
  }
}

void DrillRun::quiesce() {
  begin("quiesce");
  show("quiesce");
  context_.load_stop.request();
  context_.clients.wait_for_all();  // a client that still tries may yet submit a run
  const delta::MonoTime give_up =
      context_.now() +
      quiesce_bound(context_.scenario, context_.cluster.open_runs(delta::kNoDeadline));
  while (!quiesced_ && context_.now() < give_up) {
    context_.runtime.clock.sleep_until(context_.now() + kQuiescePoll);
    quiesced_ = context_.cluster.open_runs(delta::kNoDeadline) == 0;
  }
  context_.watch_stop.request();
  context_.tasks.wait_for_all();
}

void DrillRun::judge_steady_state(DrillReport& report) const {
  std::size_t good = 0;
  const delta::Duration first_fault =
      std::ranges::min(context_.scenario.faults, {}, &FaultSpec::at).at;
  for (const CanarySample& sample : canary_.samples()) {
    if (sample.ended > first_fault) continue;
    if (!sample.ok) {
      report.reasons.emplace_back("no steady state: a canary failed before the first fault");
      return;
    }
    ++good;
  }
  if (good == 0) {
    report.reasons.emplace_back("no steady state: no canary finished before the first fault");
  }
}

void DrillRun::fill_canary(DrillReport& report) const {
  for (const CanarySample& sample : canary_.samples()) {
    ++report.canary.sent;
    ++(sample.ok ? report.canary.succeeded : report.canary.failed);
    if (sample.ok) {
      report.canary.slowest = std::max(report.canary.slowest, sample.ended - sample.sent);
    }
  }
  const Witness& witness = context_.witness;
  report.workload.submitted = witness.submitted();
  report.workload.acknowledged = witness.acknowledged().size();
  report.workload.refused = witness.refused();
  report.rpo.acknowledged = witness.acknowledged().size();
  report.rpo.unknown = witness.unknown();
}

void DrillRun::fill_alerts(DrillReport& report) const {
  report.alerts = scraper_.alerts();
  const auto t0 = faults_.first_effect();
  if (!t0) return;
  const auto first = std::ranges::find_if(
      report.alerts, [&t0](const AlertReport& alert) { return alert.at >= t0->lower; });
  if (first != report.alerts.end()) report.phases.detected = first->at - t0->lower;
}

ServiceRecovery DrillRun::service_since(const Bounds& t0) const {
  const Scenario& scenario = context_.scenario;
  return service_recovery(canary_.samples(),
                          {t0, scenario.observation, scenario.steady_state.window});
}

std::optional<Bounds> DrillRun::recovered(const Bounds& t0, const ServiceRecovery& service) const {
  switch (context_.scenario.objectives.recovered_when) {
    case RecoveredWhen::kService: return service.recovered;
    case RecoveredWhen::kAffectedWork: return watch_.progressing();
    case RecoveredWhen::kDrained:
      if (!watch_.drained() || !service.recovered) return std::nullopt;
      return Bounds{std::max({t0.lower, watch_.drained()->lower, service.recovered->lower}),
                    std::max(watch_.drained()->upper, service.recovered->upper)};
  }
  CHECK(false);
  return std::nullopt;
}

/// Somebody had to start something.
bool DrillRun::was_started_before(const Bounds& recovered) const {
  return std::ranges::any_of(runbook_.reports(), [&recovered](const StepReport& step) {
    return step.step == "start_services" && step.began && *step.began <= recovered.upper;
  });
}

/// The way back, split.
void DrillRun::fill_phases(const Bounds& t0, const ServiceRecovery& service,
                           DrillReport& report) const {
  const auto from_t0 = [&t0](Duration time) { return std::max(Duration{}, time - t0.lower); };
  PhaseReport& phases = report.phases;
  if (service.first_failure) phases.first_failure = from_t0(*service.first_failure);
  if (service.last_failure) phases.last_failure = from_t0(*service.last_failure);
  if (service.recovered) phases.served = from_t0(service.recovered->upper);
  if (watch_.drained()) phases.drained = from_t0(watch_.drained()->upper);
  std::optional<Duration> restored = faults_.last_heal();
  for (const StepReport& step : runbook_.reports()) {
    if (step.began) {
      phases.decided =
          std::min(phases.decided.value_or(from_t0(*step.began)), from_t0(*step.began));
    }
    if (step.done && restores(step))
      restored = std::max(restored.value_or(*step.ended), *step.ended);
  }
  if (restored) phases.restored = from_t0(*restored);
}

/// From the recovery to the end of the observation, while the load goes on.
void DrillRun::fill_thresholds(const std::optional<Bounds>& recovered, DrillReport& report) const {
  const Scenario& scenario = context_.scenario;
  Baseline baseline{.committers = scenario.settings.committers};
  const auto is_in = [&](Duration time) {
    return recovered && time >= recovered->upper && time <= scenario.observation;
  };
  for (const AnsweredCall& call : context_.client_transport.calls()) {
    if (is_in(call.sent - context_.zero)) baseline.calls.push_back(call.took);
  }
  for (const Scrape& scrape : scraper_.scrapes()) {
    if (is_in(scrape.at)) baseline.scrapes.push_back(scrape);
  }
  report.thresholds =
      judge_thresholds(scenario.objectives.thresholds, recovered ? &baseline : nullptr);
}

ChecklistFacts DrillRun::facts_since(Duration from) const {
  ChecklistFacts facts{.until = context_.scenario.observation,
                       .presence = presence_,
                       .ready = ready_,
                       .test_task = runbook_.test_task().seen()};
  for (const Scrape& scrape : scraper_.scrapes()) {
    if (scrape.at >= from && scrape.at <= facts.until) facts.scrapes.push_back(scrape);
  }
  for (const CanarySample& sample : canary_.samples()) {
    if (sample.sent >= from && sample.ended <= facts.until) facts.canaries.push_back(sample);
  }
  facts.calls = static_cast<std::uint64_t>(
      std::ranges::count_if(context_.client_transport.calls(), [&](const AnsweredCall& call) {
        return call.sent - context_.zero >= from && call.sent - context_.zero <= facts.until;
      }));
  return facts;
}

void DrillRun::fill_checklist(DrillReport& report) const {
  const auto t0 = faults_.first_effect();
  const auto back = t0 ? recovered(*t0, service_since(*t0)) : std::nullopt;
  if (!back) {
    report.checklist = judge_checklist(context_.scenario, nullptr, report);
    return;
  }
  Duration from = back->upper;
  for (const StepReport& step : report.runbook) from = std::max(from, step.ended.value_or(from));
  const ChecklistFacts facts = facts_since(from);
  report.checklist = judge_checklist(context_.scenario, &facts, report);
}

void DrillRun::fill_recovery(DrillReport& report) const {
  const Scenario& scenario = context_.scenario;
  report.rto.watched = scenario.observation;
  const auto t0 = faults_.first_effect();
  if (!t0) return;
  const ServiceRecovery service = service_since(*t0);
  fill_phases(*t0, service, report);
  judge_detection(*t0, report);
  if (scenario.objectives.recovered_when == RecoveredWhen::kAffectedWork &&
      faults_.touched().empty()) {
    report.reasons.emplace_back("the faults interrupted no work, so no recovery can be measured");
    return;
  }
  report.rto.watched = scenario.observation - t0->upper;
  const auto back = recovered(*t0, service);
  fill_thresholds(back, report);
  if (back) {
    report.rto.measured = time_since(*t0, *back);
    const auto healed = faults_.last_heal();
    report.rto.self_healed = (!healed || back->upper <= *healed) && !was_started_before(*back);
    report.rto.assumed = assumed_time(runbook_.reports(), {t0->lower, back->upper});
  }
  const Objective& objective = scenario.objectives.rto;
  report.rto.objective.judgement =
      judge_recovery(report.rto.measured, objective.target, objective.max);
  if (report.rto.objective.judgement == Judgement::met && report.rto.measured &&
      2 * report.rto.assumed > report.rto.measured->upper) {
    report.rto.objective.judgement = Judgement::met_assumed;
  }
}

/// A named fault has to bite. Of those that a nemesis drew, some hit what is down already; but a
/// nemesis that came to nothing altogether proves nothing.
void DrillRun::judge_faults(DrillReport& report) const {
  const std::vector<FaultSpec>& specs = context_.scenario.faults;
  bool any = false;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const FaultReport& fault = report.faults[i];
    any = any || fault.bit;
    if (fault.bit || specs[i].random) continue;
    report.reasons.push_back("fault " + fault.id + " (" + fault.kind +
                             ") did not take effect: " + fault.evidence);
  }
  if (!any && report.reasons.empty()) {
    report.reasons.emplace_back("no fault of the nemesis took effect");
  }
}

/// Of each alert that the scenario asks for: when it first fired after t0, and what the runbook's
/// checklist said then.
void DrillRun::judge_detection(const Bounds& t0, DrillReport& report) const {
  for (const DetectionSpec& spec : context_.scenario.detection) {
    DetectionReport detection{spec.alert, spec.within, spec.diagnosis, {}, {}, false};
    if (const AlertReport* alert = scraper_.first_since(spec.alert, t0.lower)) {
      detection.after = alert->at - t0.lower;
      detection.found = alert->diagnosis;
    }
    detection.met = detection.after && *detection.after <= spec.within &&
                    (spec.diagnosis.empty() || spec.diagnosis == detection.found);
    report.detection.push_back(std::move(detection));
  }
}

/// A step that nobody carried out leaves a drill of something else than what the file says.
void DrillRun::judge_runbook(DrillReport& report) const {
  for (const StepReport& step : report.runbook) {
    if (step.done) continue;
    report.reasons.push_back("step " + step.id + " of the runbook (" + step.step + ", after " +
                             step.trigger + ") was not done: " + step.outcome);
  }
}

void DrillRun::fill(DrillReport& report) const {
  report.faults = faults_.reports();
  report.runbook = runbook_.reports();
  report.recovery_order = order_.reports();
  judge_faults(report);
  judge_runbook(report);
  judge_steady_state(report);
  fill_canary(report);
  fill_alerts(report);
  fill_recovery(report);
  report.activity = scraper_.activity();
}

}  // namespace aftershock
