#include "harness/sweep/tally.h"

#include <algorithm>

#include "reports/shell_quote.h"

namespace aftershock::sweep {
namespace {

constexpr const char* kNotRun = "was not run";

std::string schedule_option(const SweepPlan& plan) {
  if (plan.schedule.is_default()) return "";
  return " --schedule " + shell_quoted(text_of(plan.schedule));
}

std::string replay_command(const SweepPlan& plan, const PlannedScenario& scenario,
                           std::uint64_t seed) {
  return "aftershock run " + shell_quoted(scenario.path) + " --seed " + std::to_string(seed) +
         schedule_option(plan);
}

/// Shows the first step in which two runs of the seed part: of this build, or of this and the other
/// one, whose path the plan does not keep.
std::string divergence_command(const SweepPlan& plan, const PlannedScenario& scenario,
                               std::uint64_t seed) {
  const std::string program = plan.other_build.empty() ? "$(command -v aftershock)" : "OTHER_BUILD";
  return "aftershock replay " + std::to_string(seed) + " " + shell_quoted(scenario.path) +
         schedule_option(plan) + " --diverge \"" + program + "\"";
}

bool is_less(const SweepFigure& a, const SweepFigure& b) {
  return std::tuple(a.beyond, a.value) < std::tuple(b.beyond, b.value);
}

Distribution distribution(std::vector<SweepFigure> figures) {
  Distribution found{.count = figures.size()};
  if (figures.empty()) return found;
  std::ranges::sort(figures, is_less);
  // Nearest rank: the smallest figure that so many percent do not exceed.
  const auto percentile = [&](std::size_t percent) {
    return figures[(figures.size() * percent + 99) / 100 - 1];
  };
  found.p50 = percentile(50);
  found.p95 = percentile(95);
  found.p99 = percentile(99);
  found.max = figures.back();
  return found;
}

/// The rule of three. An inconclusive drill had its invariants judged all the same. A bound below
/// 2 would say nothing.
std::optional<std::uint64_t> at_most_one_in(const SweepCounts& counts) {
  const std::uint64_t judged = counts.drills - counts.crashed;
  if (counts.violating > 0 || judged < 6) return std::nullopt;
  return judged / 3;
}

void count(const DrillResult& result, SweepCounts& counts) {
  ++counts.drills;
  switch (result.ending) {
    case Ending::pass: ++counts.passed; break;
    case Ending::fail: ++counts.failed; break;
    case Ending::inconclusive: ++counts.inconclusive; break;
    case Ending::crash: ++counts.crashed; break;
  }
}

FindingKind kind_of(Ending ending) {
  if (ending == Ending::crash) return FindingKind::crash;
  return ending == Ending::fail ? FindingKind::failure : FindingKind::inconclusive;
}

std::string what_a_canary_did(const DrillResult& result, const std::string& invariant, bool seen) {
  if (seen) return "broke " + invariant + ", as it must";
  switch (result.ending) {
    case Ending::pass: return "passed";
    case Ending::fail: return "failed otherwise: " + result.why;
    case Ending::inconclusive: return "was inconclusive: " + result.why;
    case Ending::crash: break;
  }
  return "crashed: " + result.why;
}

}  // namespace

Tally::Tally(const SweepPlan& plan) : plan_(plan), totals_(plan.scenarios.size()) {
  for (std::uint32_t i = 0; i < plan.scenarios.size(); ++i) {
    const PlannedScenario& scenario = plan.scenarios[i];
    if (scenario.canary) {
      canaries_[i] = {scenario.name,    scenario.path, scenario.violates,
                      plan.seeds.first, false,         kNotRun};
      continue;
    }
    for (const std::string& mark : scenario.claims) {
      totals_[i].marks[mark];
      claimed_.insert(mark);
    }
  }
}

void Tally::add(const DrillResult& result) {
  worked_ += result.wall;
  if (plan_.scenarios.at(result.key.scenario).canary) return add_canary(result);
  Totals& totals = totals_[result.key.scenario];
  const bool violating = result.ending == Ending::fail && result.group.starts_with("invariant ");
  for (SweepCounts* counts : {&counts_, &totals.counts}) {
    count(result, *counts);
    counts->violating += violating ? 1 : 0;
  }
  if (result.rta) totals.rta.push_back(*result.rta);
  if (result.rpa) totals.rpa.push_back({*result.rpa});
  for (const auto& [name, times] : result.marks) {
    MarkCount& mark = totals.marks[name];
    ++mark.drills;
    mark.count += times;
    if (claimed_.contains(name)) reached_.insert(name);
  }
  if (result.ending == Ending::pass) return;
  add_finding(kind_of(result.ending), result.key, result.group,
              {result.key.seed, result.steps, result.why, {}});
}

void Tally::add(const Recheck& recheck) {
  worked_ += recheck.wall;
  const bool same = recheck.digest == recheck.again;
  for (SweepCounts* counts : {&counts_, &totals_.at(recheck.key.scenario).counts}) {
    ++counts->rechecked;
    counts->nondeterministic += same ? 0 : 1;
  }
  if (same) return;
  add_finding(FindingKind::nondeterminism, recheck.key, "two runs of one seed differ",
              {recheck.key.seed, 0, "digest " + recheck.digest + ", then " + recheck.again, {}});
}

void Tally::add_canary(const DrillResult& result) {
  SweepCanary& canary = canaries_.at(result.key.scenario);
  const bool broke = std::ranges::find(result.broken, canary.invariant) != result.broken.end();
  const bool seen = result.ending == Ending::fail && broke;
  // Several shards ran it: one that saw nothing is what the reader must know.
  const bool first = canary.what == kNotRun;
  const std::string what = what_a_canary_did(result, canary.invariant, seen);
  if (!first && seen) return;
  canary.what = first || canary.seen ? what : std::min(what, canary.what);
  canary.seen = seen;
}

void Tally::add_finding(FindingKind kind, DrillKey key, const std::string& reason, SweepSeed seed) {
  const PlannedScenario& scenario = plan_.scenarios.at(key.scenario);
  Finding& finding = findings_[{kind, scenario.name, scenario.path, reason}];
  ++finding.count;
  seed.replay = kind == FindingKind::nondeterminism ? divergence_command(plan_, scenario, key.seed)
                                                    : replay_command(plan_, scenario, key.seed);
  finding.seeds.emplace(std::pair(seed.steps, seed.seed), std::move(seed));
  if (finding.seeds.size() > kKeptSeeds) finding.seeds.erase(std::prev(finding.seeds.end()));
}

bool Tally::has_failure() const {
  return counts_.failed + counts_.crashed + counts_.nondeterministic > 0;
}

SweepScenario Tally::scenario_report(std::size_t index) const {
  const PlannedScenario& planned = plan_.scenarios[index];
  const Totals& totals = totals_[index];
  SweepScenario report{planned.name,
                       planned.title,
                       planned.path,
                       totals.counts,
                       at_most_one_in(totals.counts),
                       distribution(totals.rta),
                       distribution(totals.rpa),
                       {}};
  for (const auto& [name, mark] : totals.marks) {
    const bool claimed = std::ranges::find(planned.claims, name) != planned.claims.end();
    report.marks.push_back({name, mark.drills, mark.count, claimed});
  }
  return report;
}

SweepReport Tally::report() const {
  SweepReport report;
  report.counts = counts_;
  report.at_most_one_in = at_most_one_in(counts_);
  std::map<std::string, MarkCount, std::less<>> marks;
  for (std::size_t i = 0; i < totals_.size(); ++i) {
    if (plan_.scenarios[i].canary) continue;
    report.scenarios.push_back(scenario_report(i));
    for (const auto& [name, mark] : totals_[i].marks) {
      marks[name].drills += mark.drills;
      marks[name].count += mark.count;
    }
  }
  for (const auto& [name, mark] : marks) {
    report.marks.push_back({name, mark.drills, mark.count, claimed_.contains(name)});
  }
  for (const auto& [index, canary] : canaries_) report.canaries.push_back(canary);
  for (const auto& [key, finding] : findings_) {
    const auto& [kind, scenario, path, reason] = key;
    SweepFinding& entry = report.findings.emplace_back(kind, scenario, path, reason, finding.count);
    for (const auto& [order, seed] : finding.seeds) entry.seeds.push_back(seed);
  }
  return report;
}

}  // namespace aftershock::sweep
