// The words of a sweep's report, which all its forms share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reports/sweep_report.h"

namespace aftershock {

/// "crash", "failure", "nondeterminism" or "inconclusive".
std::string_view name_of(FindingKind kind);

/// "CRASH", "FAIL", "NOT RUN", "INCONCLUSIVE" or "PASS": the worst that there is, in this order.
std::string_view verdict_of(const SweepScenario& scenario);

/// More than 1 % of its drills were. Some seeds draw a drill whose fault meets nothing: a scenario
/// is exercised all the same if that is rare.
bool is_inconclusive(const SweepScenario& scenario);

/// "fail", "aborted", "inconclusive" or "pass": the worst that there is, in this order. A canary
/// that was not seen to break is a failure, too. Inconclusive: some scenario is, or none was run.
std::string_view verdict_of(const SweepReport& report);

/// "5,000 drills: 4,997 passed, 3 failed; its time was over".
std::string headline(const SweepReport& report);

/// What was found about each canary that was not seen, one sentence each.
std::vector<std::string> canary_alarms(const SweepReport& report);

/// ">12m", "2m3.4s" or "-"; rounded up, so that no bound looks better than it is.
std::string figure_text(const std::optional<SweepFigure>& figure);

/// "< 1 in 333", or "-".
std::string bound_text(const std::optional<std::uint64_t>& at_most_one_in);

/// "no invariant broke that was not declared to: with 95 % confidence fewer than 1 seed in 333
/// breaks one"; empty when that cannot be said.
std::string bound_sentence(const std::optional<std::uint64_t>& at_most_one_in);

/// "50 drills were run twice, 0 with another digest"; empty when none was.
std::string recheck_sentence(const SweepReport& report);

/// "12 seeds: 17, 4, 9, ..": which seeds a finding has, the quickest to replay first.
std::string seeds_text(const SweepFinding& finding);

/// "12,345": easier to read.
std::string grouped(std::uint64_t number);

/// Marks that scenarios claim, and those of them that were reached.
struct ClaimedMarks {
  std::size_t reached = 0;
  std::size_t claimed = 0;
};
ClaimedMarks claimed_marks(const std::vector<SweepMark>& marks);

/// "21 of 21 claimed coverage marks reached".
std::string marks_sentence(const SweepReport& report);

/// "5/6": those of these marks that were reached, of those that are claimed; "-" of none.
std::string claims_text(const std::vector<SweepMark>& marks);

/// "57.3 drills/s on 2 workers for 10m3s": what SweepMachine says.
std::string machine_text(const SweepMachine& machine);

}  // namespace aftershock
