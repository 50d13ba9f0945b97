// The figures of a drill in words, which all forms of a report share. On one line, but not escaped:
// names and reasons in them are what they are.
#pragma once

#include <string>
#include <vector>

#include "reports/report.h"

namespace aftershock {

/// "2m/4m"; with a "*" when the objective is derived, not stated.
std::string objective_text(const ObjectiveReport& objective);

/// Behind the figure of a drill that passed all the same, " over target"; of others the verdict
/// says enough.
std::string judgement_text(const DrillReport& drill, const ObjectiveReport& objective);

/// "[12.3s, 12.8s]", ">12m" when no recovery was seen, or "not measured" when it could not be
/// looked for.
std::string format_recovery(const RecoveryReport& recovery);

/// "[6m25s, 6m38.2s], 5m assumed": the part that the runbook only assumes is no measurement.
std::string rto_figure(const RecoveryReport& recovery);

/// What is left of the most that is allowed; "-12s": it was exceeded by so much.
std::string margin_text(const RecoveryReport& recovery);

/// "12.3s, 4 lost"; "0s, 4 lost after t0": what was acknowledged later does not count into RPA.
std::string loss_figure(const LossReport& loss);

/// "14 held, 1 unused", or "violated: fenced-completion +1"; "as declared: ..." where a scenario
/// says that it breaks, and so passes. Held but never checked is not held.
std::string invariants_text(const DrillReport& drill);

/// A sentence for each figure of which the document says what is typical: "RTA [5s, 9s], typically
/// 22s to 26s: shorter, because ...".
std::vector<std::string> beside_typical(const DrillReport& drill);

/// "aftershock replay 7 my-drill.yaml": shows the trace of the drill, which is run again.
std::string trace_command(const DrillReport& drill);

/// Simulated and live figures are never in one table: the worlds, as they come.
std::vector<std::string> worlds_of(const Report& report);

/// What a verdict alone does not say: "2 met under assumptions, 1 lost 12 acknowledged writes".
/// Empty when there is nothing of the kind.
std::string format_reservations(const Report& report);

/// Of all drills together: the worst, in the order of the exit codes. Of no drill: inconclusive.
Verdict verdict_of(const Report& report);

/// "4 drills: 2 passed, 1 of them over its target, 2 failed; 5 not run (interrupted)".
std::string format_summary(const Report& report);

}  // namespace aftershock
