#include "harness/shrink/failure.h"

#include <algorithm>

namespace aftershock::shrink {
namespace {

using Kind = Failure::Kind;

bool is_unexpected(const Scenario& scenario, const ViolationReport& violation) {
  return scenario.violates != violation.invariant;
}

void add_once(std::vector<Failure>& all, Failure failure) {
  if (std::ranges::find(all, failure) == all.end()) all.push_back(std::move(failure));
}

bool is_excepted(const std::string& invariant, const std::vector<ExceptedInvariant>& excepted) {
  return std::ranges::find(excepted, invariant, &ExceptedInvariant::name) != excepted.end();
}

/// Whether the jobs take more than two thirds of the slots when nothing is wrong. What a fault
/// holds up is not caught up with then, and canaries wait behind it.
bool is_overloaded(const Scenario& scenario) {
  const JobSpec& jobs = scenario.workload.jobs;
  const std::int64_t of_a_run = jobs.shape == JobShape::kSingle  ? 1
                                : jobs.shape == JobShape::kChain ? 3
                                                                 : 4;
  const delta::Duration work = of_a_run * (jobs.duration.min + jobs.duration.max) / 2;
  const ProcessGroup& runners = scenario.cluster.runners;
  const std::int64_t slots = std::int64_t{runners.count} * runners.slots;
  return work > slots * (scenario.workload.interval / 3 * 2);
}

bool breached(const ObjectiveReport& objective) {
  return objective.judgement == Judgement::breached;
}

}  // namespace

std::string deed_of(const Failure& failure) {
  switch (failure.kind) {
    case Kind::invariant: return "broke " + failure.name;
    case Kind::rto: return "breached its RTO";
    case Kind::rpo: return "breached its RPO";
    case Kind::detection: return "missed the alert " + failure.name;
    case Kind::unbroken: return "did not break " + failure.name + ", as it had to";
    case Kind::crash: return "ended in an internal error";
  }
  return "";
}

std::vector<Failure> failures_of(const Scenario& scenario, const DrillReport& report) {
  std::vector<Failure> all;
  if (report.verdict != Verdict::fail) return all;
  for (const ViolationReport& violation : report.violations) {
    if (is_unexpected(scenario, violation)) add_once(all, {Kind::invariant, violation.invariant});
  }
  if (scenario.violates) {
    const bool seen = std::ranges::any_of(report.violations, [&](const ViolationReport& violation) {
      return !is_unexpected(scenario, violation);
    });
    if (!seen) all.push_back({Kind::unbroken, *scenario.violates});
    return all;
  }
  if (scenario.safety_only()) return all;
  if (breached(report.rto.objective)) all.push_back({Kind::rto, ""});
  if (breached(report.rpo.objective)) all.push_back({Kind::rpo, ""});
  for (const DetectionReport& alert : report.detection) {
    if (!alert.met) all.push_back({Kind::detection, alert.alert});
  }
  return all;
}

std::optional<Flaws> flaws_beside(const Failure& failure, const Scenario& scenario,
                                  const DrillReport& report,
                                  const std::vector<ExceptedInvariant>& excepted) {
  const std::vector<Failure> all = failures_of(scenario, report);
  if (std::ranges::find(all, failure) == all.end()) return std::nullopt;
  Flaws flaws;
  std::size_t sentences = 0;  // of the report's reasons that say why it failed
  for (const ViolationReport& violation : report.violations) {
    if (is_unexpected(scenario, violation)) ++sentences;
  }
  for (const Failure& each : all) {
    if (each.kind != Kind::invariant) ++sentences;
    const bool was_excepted = each.kind == Kind::invariant && is_excepted(each.name, excepted);
    if (each != failure && (each.kind != Kind::invariant || was_excepted)) ++flaws.others;
  }
  flaws.doubts = report.reasons.size() - sentences + (is_overloaded(scenario) ? 1 : 0);
  return flaws;
}

}  // namespace aftershock::shrink
