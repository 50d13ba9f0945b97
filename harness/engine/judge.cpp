#include "harness/engine/judge.h"

#include <algorithm>

namespace aftershock {

namespace {

constexpr std::size_t kMostViolations = 10;
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

}  // namespace

Judge::Judge(const Scenario& scenario, sim::Kernel& kernel, const sim::Tables& tables,
             sim::SimTime zero)
    : scenario_(scenario),
      kernel_(kernel),
      tables_(tables),
      zero_(zero),
      checkers_(make_checkers([this](Finding finding) { found(std::move(finding)); },
                              scenario.settings)) {}

void Judge::on_commit(const CommitView& commit) {
  for (const auto& checker : checkers_) checker->on_commit(commit);
}

void Judge::on_answer(const delta::Request& request, const delta::Response& response) {
  if (response.status != delta::Status::ok) return;
  for (const auto& checker : checkers_) checker->on_acknowledged({request, response}, tables_);
}

void Judge::on_final(const FinalRead& read) {
  for (const auto& checker : checkers_) checker->on_final(read);
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
  const auto& log = tables_.audit();
  for (auto at = log.rbegin(); at != log.rend() && events.size() < kMostEvents; ++at) {
    if (at->run == run) events.push_back(describe(*at));
  }
  std::ranges::reverse(events);
  return events;
}

void Judge::found(Finding finding) {
  if (violations_.size() >= kMostViolations) {
    ++beyond_limit_;
    return;
  }
  ViolationReport violation;
  violation.invariant = std::move(finding.invariant);
  violation.at = kernel_.now() - zero_;
  violation.message = std::move(finding.message);
  violation.rows = std::move(finding.rows);
  violation.events = last_events(finding.run);
  violations_.push_back(std::move(violation));
}

bool Judge::excepted(const std::string& invariant) const {
  return std::ranges::any_of(scenario_.excepted_invariants, [&invariant](const auto& exception) {
    return exception.name == invariant;
  });
}

bool Judge::violated(const std::string& invariant) const {
  return std::ranges::any_of(violations_, [&invariant](const ViolationReport& violation) {
    return violation.invariant == invariant;
  });
}

void Judge::fill(DrillReport& report) const {
  for (const auto& checker : checkers_) {
    InvariantReport entry;
    entry.name = checker->name();
    entry.checks = checker->checks();
    if (violated(entry.name)) entry.status = InvariantStatus::violated;
    for (const ExceptedInvariant& exception : scenario_.excepted_invariants) {
      if (exception.name != entry.name) continue;
      entry.status = InvariantStatus::excepted;
      entry.reason = exception.reason;
    }
    report.invariants.push_back(std::move(entry));
  }
  for (const ViolationReport& violation : violations_) {
    if (!excepted(violation.invariant)) report.violations.push_back(violation);
  }
  if (beyond_limit_ > 0) {
    report.reasons.push_back(std::to_string(beyond_limit_) +
                             " more violations were found than are shown");
  }
}

namespace {

void add_objective_reasons(DrillReport& report) {
  if (report.rto.objective.judgement == Judgement::breached) {
    const std::string measured = report.rto.measured
                                     ? delta::format_seconds(report.rto.measured->upper)
                                     : "> " + delta::format_seconds(report.rto.watched);
    report.reasons.push_back("RTO breached: RTA " + measured + ", at most " +
                             delta::format_duration(report.rto.objective.max) + " allowed");
  }
  if (report.rpo.objective.judgement == Judgement::breached) {
    report.reasons.push_back(
        "RPO breached: RPA " + delta::format_seconds(report.rpo.measured.value_or(Duration{})) +
        ", at most " + delta::format_duration(report.rpo.objective.max) + " allowed");
  }
}

}  // namespace

void decide_verdict(const Scenario& scenario, DrillReport& report) {
  // Whatever was noted so far says that the drill proves nothing; but a broken rule is a broken
  // rule, in whatever drill it shows.
  const bool proves_nothing = !report.reasons.empty();
  add_objective_reasons(report);
  const bool breached = report.rto.objective.judgement == Judgement::breached ||
                        report.rpo.objective.judgement == Judgement::breached;
  bool expected_seen = false;
  bool unexpected = false;
  for (const ViolationReport& violation : report.violations) {
    const bool expected = scenario.violates && *scenario.violates == violation.invariant;
    expected_seen = expected_seen || expected;
    unexpected = unexpected || !expected;
    if (!expected) {
      report.reasons.push_back("invariant " + violation.invariant +
                               " violated: " + violation.message);
    }
  }
  if (scenario.violates && !expected_seen) {
    report.reasons.push_back("expected a violation of " + *scenario.violates + ", saw none");
  }
  if (unexpected || (scenario.violates && !expected_seen && !proves_nothing)) {
    report.verdict = Verdict::fail;
  } else if (proves_nothing) {
    report.verdict = Verdict::inconclusive;
  } else if (scenario.violates) {
    report.verdict = Verdict::pass;
  } else {
    report.verdict = breached ? Verdict::fail : Verdict::pass;
  }
}

}  // namespace aftershock
