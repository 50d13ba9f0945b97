#include "reports/sweep_words.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "reports/text.h"

namespace aftershock {
namespace {

constexpr std::array<std::string_view, 4> kFindingKinds{"crash", "failure", "nondeterminism",
                                                        "inconclusive"};

bool has_failed(const SweepReport& report) {
  const SweepCounts& counts = report.counts;
  return counts.failed + counts.crashed + counts.nondeterministic > 0 ||
         !canary_alarms(report).empty();
}

bool was_cut_short(const SweepReport& report) {
  return report.ended == "interrupted" || report.ended == "killed";
}

void add_part(std::string& text, std::uint64_t count, std::string_view what) {
  if (count > 0) text += (text.empty() ? "" : ", ") + grouped(count) + " " + std::string(what);
}

}  // namespace

std::string_view name_of(FindingKind kind) { return kFindingKinds.at(std::size_t(kind)); }

std::string_view verdict_of(const SweepScenario& scenario) {
  const SweepCounts& counts = scenario.counts;
  if (counts.crashed > 0) return "CRASH";
  if (counts.failed + counts.nondeterministic > 0) return "FAIL";
  if (counts.drills == 0) return "NOT RUN";
  return is_inconclusive(scenario) ? "INCONCLUSIVE" : "PASS";
}

bool is_inconclusive(const SweepScenario& scenario) {
  constexpr std::uint64_t tolerated_percent = 1;
  return scenario.counts.inconclusive * 100 > scenario.counts.drills * tolerated_percent;
}

std::string_view verdict_of(const SweepReport& report) {
  if (has_failed(report)) return "fail";
  if (was_cut_short(report)) return "aborted";
  const bool doubtful = std::ranges::any_of(report.scenarios, is_inconclusive);
  return doubtful || report.counts.drills == 0 ? "inconclusive" : "pass";
}

std::string headline(const SweepReport& report) {
  const SweepCounts& counts = report.counts;
  std::string text = grouped(counts.drills) + (counts.drills == 1 ? " drill: " : " drills: ");
  std::string parts;
  add_part(parts, counts.passed, "passed");
  add_part(parts, counts.failed, "failed");
  add_part(parts, counts.crashed, "crashed");
  add_part(parts, counts.inconclusive, "inconclusive");
  add_part(parts, counts.nondeterministic, "not deterministic");
  text += parts.empty() ? "none was run" : parts;
  if (report.schedule != "random") text += "; schedule " + one_line(report.schedule);
  if (report.not_run.value_or(0) > 0) text += "; " + grouped(*report.not_run) + " not run";
  if (report.ended == "budget") text += "; its time was over";
  if (report.ended == "first_failure") text += "; stopped at the first failure";
  if (report.ended == "interrupted") text += "; interrupted";
  if (report.ended == "killed") text += "; a part is missing or was killed";
  return text;
}

std::vector<std::string> canary_alarms(const SweepReport& report) {
  std::vector<std::string> alarms;
  for (const SweepCanary& canary : report.canaries) {
    if (canary.seen || (was_cut_short(report) && canary.what == "was not run")) continue;
    alarms.push_back("the canary " + canary.scenario + " had to break " + canary.invariant +
                     " and " + canary.what +
                     ": this sweep may be blind, and what passed proves nothing");
  }
  return alarms;
}

std::string figure_text(const std::optional<SweepFigure>& figure) {
  if (!figure) return "-";
  return figure->beyond ? ">" + rounded_down(figure->value) : rounded_up(figure->value);
}

std::string bound_text(const std::optional<std::uint64_t>& at_most_one_in) {
  return at_most_one_in ? "< 1 in " + grouped(*at_most_one_in) : "-";
}

std::string bound_sentence(const std::optional<std::uint64_t>& at_most_one_in) {
  if (!at_most_one_in) return "";
  return "no invariant broke that was not declared to: with 95 % confidence fewer than 1 seed in " +
         grouped(*at_most_one_in) + " breaks one";
}

std::string recheck_sentence(const SweepReport& report) {
  const SweepCounts& counts = report.counts;
  if (counts.rechecked == 0) return "";
  return grouped(counts.rechecked) + (counts.rechecked == 1 ? " drill was" : " drills were") +
         " run twice, " + grouped(counts.nondeterministic) + " with another digest";
}

std::string seeds_text(const SweepFinding& finding) {
  std::string seeds;
  for (const SweepSeed& seed : finding.seeds) {
    seeds += (seeds.empty() ? "" : ", ") + std::to_string(seed.seed);
  }
  if (finding.count > finding.seeds.size()) seeds += ", ..";
  return grouped(finding.count) + (finding.count == 1 ? " seed: " : " seeds: ") + seeds;
}

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, ',');
  return digits;
}

ClaimedMarks claimed_marks(const std::vector<SweepMark>& marks) {
  ClaimedMarks count;
  for (const SweepMark& mark : marks) {
    count.claimed += mark.claimed ? 1 : 0;
    count.reached += mark.claimed && mark.drills > 0 ? 1 : 0;
  }
  return count;
}

std::string marks_sentence(const SweepReport& report) {
  const ClaimedMarks marks = claimed_marks(report.marks);
  return std::to_string(marks.reached) + " of " + std::to_string(marks.claimed) +
         " claimed coverage marks reached";
}

std::string claims_text(const std::vector<SweepMark>& marks) {
  const ClaimedMarks count = claimed_marks(marks);
  if (count.claimed == 0) return "-";
  return std::to_string(count.reached) + "/" + std::to_string(count.claimed);
}

std::string machine_text(const SweepMachine& machine) {
  const auto tenths = static_cast<std::uint64_t>(std::llround(machine.drills_per_second * 10));
  std::string text = grouped(tenths / 10) + "." + std::to_string(tenths % 10) + " drills/s";
  if (machine.jobs > 0) {
    text += " on " + std::to_string(machine.jobs) + (machine.jobs == 1 ? " worker" : " workers");
  }
  if (machine.shards.size() > 1) text += " on " + std::to_string(machine.shards.size()) + " shards";
  return text + " for " + rounded_up(machine.wall);
}

}  // namespace aftershock
