#include "harness/engine/judge.h"

#include <algorithm>
#include <iterator>

#include "reports/text.h"

namespace aftershock {

namespace {

constexpr std::uint64_t kMostOfEach = 3;
constexpr std::size_t kMostEvents = 12;

std::string describe(const delta::AuditEvent& event) {
  const bool of_run = event.attempt.is_nil();
  const auto state = [of_run](std::uint8_t value) {
    return std::string(of_run ? name_of(static_cast<delta::RunState>(value))
                              : name_of(static_cast<delta::AttemptState>(value)));
  };
  std::string text = delta::format_seconds(event.context.now.time_since_epoch()) + " #" +
                     std::to_string(event.serial) + " ";
  text += of_run ? "run " + short_name(event.run) : "attempt " + short_name(event.attempt);
  text += ": " + std::string(name_of(event.what.message)) + " by " +
          std::string(name_of(event.what.actor.kind)) + ", " + state(event.from) + " -> " +
          state(event.to);
  if (event.refused) text += ", refused: " + std::string(name_of(*event.refused));
  return text;
}

delta::Duration longest_hold(const Scenario& scenario) {
  delta::Duration longest{};
  for (const FaultSpec& fault : scenario.faults) {
    if (fault.kind == "database.lock_hold") longest = std::max(longest, fault.lasts);
  }
  return longest;
}

}  // namespace

Judge::Judge(const Scenario& scenario, sim::Kernel& kernel, const sim::DatabaseCluster& database,
             const SecretValues& secrets, sim::SimTime zero)
    : scenario_(scenario),
      kernel_(kernel),
      database_(database),
      zero_(zero),
      checkers_(make_checkers([this](Finding finding) { found(std::move(finding)); },
                              scenario.settings, secrets, longest_hold(scenario))) {}

void Judge::on_commit(const CommitView& commit) {
  for (const auto& checker : checkers_) checker->on_commit(commit);
}

void Judge::on_outside_write(const CommitView& commit) {
  for (const auto& checker : checkers_) checker->on_outside_write(commit);
}

void Judge::on_stray_commit(const CommitView& commit) {
  for (const auto& checker : checkers_) checker->on_stray_commit(commit);
}

void Judge::on_rewind(const sim::Tables& tables) {
  for (const auto& checker : checkers_) checker->on_rewind(tables);
}

void Judge::on_expiry(const delta::Attempt& lost, bool worked_on) {
  for (const auto& checker : checkers_) checker->on_expiry(lost, worked_on);
}

void Judge::on_answer(const Acknowledged& answer) {
  if (!answer.response.detail.empty()) {
    for (const auto& checker : checkers_) {
      checker->on_detail(answer.request, answer.response.detail);
    }
  }
  if (answer.response.status != delta::Status::ok) return;
  for (const auto& checker : checkers_) checker->on_acknowledged(answer, database_.tables());
}

void Judge::on_final(const FinalRead& read) {
  for (const auto& checker : checkers_) checker->on_final(read);
}

void Judge::on_report(const std::string& text) {
  for (const auto& checker : checkers_) checker->on_report(text);
}

void Judge::on_panic(const sim::Process& process, const sim::Panic& panic) {
  Finding finding;
  finding.invariant = panic.invariant;
  finding.message = process.name() + " panicked in " +
                    (panic.fiber.empty() ? "an event" : panic.fiber) + ": " + panic.message;
  found(std::move(finding));
}

std::vector<std::string> Judge::last_events(delta::RunId run) const {
  std::vector<std::string> events;
  if (run.is_nil()) return events;
  const auto& log = database_.tables().audit();
  for (auto at = log.rbegin(); at != log.rend() && events.size() < kMostEvents; ++at) {
    if (at->run == run) events.push_back(describe(*at));
  }
  std::ranges::reverse(events);
  return events;
}

void Judge::found(Finding finding) {
  if (reason_not_to_judge(finding.invariant)) return;
  // Each invariant has its own share, so that a flood of one never hides another.
  if (++found_[finding.invariant] > kMostOfEach) return;
  ViolationReport violation;
  violation.invariant = std::move(finding.invariant);
  violation.at = kernel_.now() - zero_;
  violation.message = std::move(finding.message);
  violation.rows = std::move(finding.rows);
  violation.events = last_events(finding.run);
  if (observer_) observer_(violation, finding.run);
  violations_.push_back(std::move(violation));
}

std::optional<std::string> Judge::reason_not_to_judge(const std::string& invariant) const {
  if (scenario_.safety_only() && invariant == "recovers") return "the nemesis asks for safety only";
  for (const ExceptedInvariant& exception : scenario_.excepted_invariants) {
    if (exception.name == invariant) return exception.reason;
  }
  return std::nullopt;
}

void Judge::fill(DrillReport& report) const {
  for (const auto& checker : checkers_) {
    InvariantReport entry;
    entry.name = checker->name();
    entry.checks = checker->checks();
    if (found_.contains(entry.name)) entry.status = InvariantStatus::violated;
    if (auto reason = reason_not_to_judge(entry.name)) {
      entry.status = InvariantStatus::excepted;
      entry.reason = std::move(*reason);
    }
    report.invariants.push_back(std::move(entry));
  }
  report.violations = violations_;
  for (ViolationReport& violation : report.violations) {
    const std::uint64_t all = found_.at(violation.invariant);
    if (all > kMostOfEach) violation.message += " (" + std::to_string(all) + " of its kind in all)";
  }
}

namespace {

bool is(const DrillReport& report, Judgement judgement) {
  return report.rto.objective.judgement == judgement || report.rpo.objective.judgement == judgement;
}

std::vector<std::string> breaches(const DrillReport& report) {
  std::vector<std::string> found;
  if (report.rto.objective.judgement == Judgement::breached) {
    const std::string measured = report.rto.measured ? rounded_up(report.rto.measured->upper)
                                                     : ">" + rounded_down(report.rto.watched);
    found.push_back("RTO breached: RTA " + measured + ", at most " +
                    delta::format_duration(report.rto.objective.max) + " allowed");
  }
  if (report.rpo.objective.judgement == Judgement::breached) {
    found.push_back("RPO breached: RPA " + rounded_up(report.rpo.judged().value_or(Duration{})) +
                    ", at most " + delta::format_duration(report.rpo.objective.max) + " allowed");
  }
  return found;
}

/// Alerts that did not do what the scenario asks for, a sentence each.
std::vector<std::string> missed_detections(const DrillReport& report) {
  std::vector<std::string> found;
  for (const DetectionReport& alert : report.detection) {
    if (alert.met) continue;
    if (!alert.after) {
      found.push_back("the alert " + alert.alert + " did not fire");
    } else if (*alert.after > alert.within) {
      found.push_back("the alert " + alert.alert + " fired after " + rounded_up(*alert.after) +
                      ", not within " + delta::format_duration(alert.within));
    } else {
      found.push_back("at the alert " + alert.alert + " the runbook's checklist pointed at '" +
                      alert.found + "', not at '" + alert.diagnosis + "'");
    }
  }
  return found;
}

/// Thresholds that were not met, a sentence each.
std::vector<std::string> missed_thresholds(const DrillReport& report) {
  std::vector<std::string> found;
  for (const ThresholdReport& threshold : report.thresholds) {
    if (threshold.met) continue;
    found.push_back("after the recovery " + threshold.expression + " did not hold: " +
                    (threshold.measured ? "it was " + *threshold.measured : "nothing to measure"));
  }
  return found;
}

/// Of the recovery order what did not come true, a sentence each.
std::vector<std::string> missed_order(const DrillReport& report) {
  std::vector<std::string> found;
  for (const OrderReport& each : report.recovery_order) {
    if (each.met) continue;
    if (!each.not_ready.empty()) {
      std::string above;
      for (const std::string& role : each.not_ready) above += (above.empty() ? "" : ", ") + role;
      found.push_back(each.role + " was started before this was ready: " + above);
    } else if (!each.ready) {
      found.push_back(each.role + " was not ready at the end: " + each.seen);
    } else {
      found.push_back(each.role + " was ready " + rounded_up(*each.ready - *each.began) +
                      " after its start, not within " + delta::format_duration(*each.within));
    }
  }
  return found;
}

/// Items of the checklist that are not well, a sentence each.
std::vector<std::string> failed_checks(const DrillReport& report) {
  std::vector<std::string> found;
  for (const CheckReport& each : report.checklist) {
    if (!each.ok) found.push_back("the checklist's " + each.check + " is not well: " + each.seen);
  }
  return found;
}

/// Violations that the scenario did not ask for, a sentence each.
std::vector<std::string> unexpected_violations(const Scenario& scenario,
                                               const DrillReport& report) {
  std::vector<std::string> found;
  for (const ViolationReport& violation : report.violations) {
    if (scenario.violates == violation.invariant) continue;
    found.push_back("invariant " + violation.invariant + " violated: " + violation.message);
  }
  return found;
}

}  // namespace

void decide_verdict(const Scenario& scenario, DrillReport& report) {
  // What was noted so far says that the drill proves nothing. A broken rule is a broken rule all
  // the same, in whatever drill it shows.
  std::vector<std::string> doubts = std::move(report.reasons);
  std::vector<std::string> failures = unexpected_violations(scenario, report);
  const bool broken = !failures.empty();
  if (scenario.violates) {
    const bool seen = report.violations.size() > failures.size();
    if (!seen && doubts.empty()) {
      failures.push_back("expected a violation of " + *scenario.violates + ", saw none");
    }
  } else if (!scenario.safety_only()) {
    if (is(report, Judgement::not_measured) && doubts.empty()) {
      doubts.emplace_back("an objective could not be measured");
    }
    std::ranges::move(breaches(report), std::back_inserter(failures));
    std::ranges::move(missed_detections(report), std::back_inserter(failures));
    std::ranges::move(missed_thresholds(report), std::back_inserter(failures));
    std::ranges::move(missed_order(report), std::back_inserter(failures));
    std::ranges::move(failed_checks(report), std::back_inserter(failures));
  }
  if (broken || (doubts.empty() && !failures.empty())) {
    report.verdict = Verdict::fail;
  } else {
    report.verdict = doubts.empty() ? Verdict::pass : Verdict::inconclusive;
  }
  report.reasons = std::move(doubts);
  std::ranges::move(failures, std::back_inserter(report.reasons));
}

}  // namespace aftershock
