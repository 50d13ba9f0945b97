#include "reports/figures.h"

#include <algorithm>
#include <array>
#include <utility>

#include "reports/shell_quote.h"
#include "reports/text.h"

namespace aftershock {
namespace {

std::string range_text(const TypicalReport& typical) {
  const std::string min = delta::format_duration(typical.min);
  return typical.min == typical.max ? min : min + " to " + delta::format_duration(typical.max);
}

/// "RTA [5s, 9s], typically 22s to 26s: shorter, because ..."
std::string beside(std::string_view name, const std::string& figure, const TypicalReport& typical,
                   const Bounds& measured) {
  const std::string_view how = measured.upper < typical.min   ? "shorter"
                               : measured.lower > typical.max ? "longer"
                                                              : "alike";
  std::string text = std::string(name) + " " + figure + ", typically " + range_text(typical) +
                     ": " + std::string(how);
  if (how != "alike" && !typical.differs.empty()) text += ", because " + typical.differs;
  return text;
}

/// Of the drills that passed: ", 2 of them over their targets".
std::string over_targets(const Report& report) {
  const auto over = [](const DrillReport& drill) {
    return drill.verdict == Verdict::pass &&
           (drill.rto.objective.judgement == Judgement::over_target ||
            drill.rpo.objective.judgement == Judgement::over_target);
  };
  const auto count = std::count_if(report.drills.begin(), report.drills.end(), over);
  if (count == 0) return "";
  return ", " + std::to_string(count) + " of them over " +
         (count == 1 ? "its target" : "their targets");
}

}  // namespace

std::string objective_text(const ObjectiveReport& objective) {
  return delta::format_duration(objective.target) + "/" + delta::format_duration(objective.max) +
         (objective.stated_by == "derived" ? "*" : "");
}

std::string judgement_text(const DrillReport& drill, const ObjectiveReport& objective) {
  const bool over = objective.judgement == Judgement::over_target;
  return over && drill.verdict == Verdict::pass ? " over target" : "";
}

std::string rto_figure(const RecoveryReport& recovery) {
  std::string text = format_recovery(recovery);
  if (recovery.measured && recovery.assumed > Duration{}) {
    text += ", " + rounded_up(std::min(recovery.assumed, recovery.measured->upper)) + " assumed";
  }
  return text;
}

std::string margin_text(const RecoveryReport& recovery) {
  if (!recovery.measured || recovery.objective.judgement == Judgement::not_measured) return "-";
  const Duration left = recovery.objective.max - recovery.measured->upper;
  return left < Duration{} ? "-" + rounded_up(-left) : rounded_down(left);
}

std::string loss_figure(const LossReport& loss) {
  std::string text = loss.measured ? rounded_up(*loss.judged()) : "not measured";
  if (loss.measured && *loss.judged() > *loss.measured) text += " redone";
  if (loss.lost > 0) text += ", " + std::to_string(loss.lost) + " lost";
  if (loss.lost > 0 && loss.lost == loss.lost_after_t0) text += " after t0";
  return text;
}

std::string invariants_text(const DrillReport& drill) {
  std::size_t held = 0, unused = 0, excepted = 0, violated = 0;
  std::string name;
  for (const InvariantReport& invariant : drill.invariants) {
    switch (invariant.status) {
      case InvariantStatus::held: ++(invariant.checks > 0 ? held : unused); break;
      case InvariantStatus::excepted: ++excepted; break;
      case InvariantStatus::violated:
        if (violated++ == 0) name = invariant.name;
        break;
    }
  }
  if (violated > 0) {
    return (drill.verdict == Verdict::pass ? "as declared: " : "violated: ") + name +
           (violated > 1 ? " +" + std::to_string(violated - 1) : "");
  }
  std::string text = std::to_string(held) + " held";
  if (unused > 0) text += ", " + std::to_string(unused) + " unused";
  if (excepted > 0) text += ", " + std::to_string(excepted) + " excepted";
  return text;
}

std::string format_recovery(const RecoveryReport& recovery) {
  if (!recovery.measured && recovery.objective.judgement == Judgement::not_measured) {
    return "not measured";
  }
  if (!recovery.measured) return ">" + rounded_down(recovery.watched);
  return "[" + rounded_down(recovery.measured->lower) + ", " +
         rounded_up(recovery.measured->upper) + "]";
}

std::vector<std::string> beside_typical(const DrillReport& drill) {
  const auto& rto = drill.rto.objective.typical;
  const auto& rpo = drill.rpo.objective.typical;
  std::vector<std::string> lines;
  if (rto && drill.rto.measured) {
    lines.push_back(beside("RTA", format_recovery(drill.rto), *rto, *drill.rto.measured));
  }
  if (const auto measured = drill.rpo.judged(); rpo && measured) {
    lines.push_back(beside("RPA", loss_figure(drill.rpo), *rpo, {*measured, *measured}));
  }
  return lines;
}

std::string trace_command(const DrillReport& drill) {
  const std::string command =
      "aftershock replay " + std::to_string(drill.seed) + " " + shell_quoted(drill.path);
  if (drill.schedule == "random") return command;
  return command + " --schedule " + shell_quoted(drill.schedule);
}

std::vector<std::string> worlds_of(const Report& report) {
  std::vector<std::string> worlds;
  for (const DrillReport& drill : report.drills) {
    if (std::ranges::find(worlds, drill.world) == worlds.end()) worlds.push_back(drill.world);
  }
  return worlds;
}

Verdict verdict_of(const Report& report) {
  if (report.not_run > 0) return Verdict::aborted;
  for (const Verdict verdict : {Verdict::aborted, Verdict::fail, Verdict::inconclusive}) {
    if (std::ranges::count(report.drills, verdict, &DrillReport::verdict) > 0) return verdict;
  }
  return report.drills.empty() ? Verdict::inconclusive : Verdict::pass;
}

std::string format_reservations(const Report& report) {
  std::uint64_t assumed = 0, lossy = 0, lost = 0, breaking = 0, breached = 0;
  for (const DrillReport& drill : report.drills) {
    const auto judged = [&drill](Judgement judgement) {
      return drill.rto.objective.judgement == judgement ||
             drill.rpo.objective.judgement == judgement;
    };
    const bool passed = drill.verdict == Verdict::pass;
    if (judged(Judgement::met_assumed)) ++assumed;
    if (passed && judged(Judgement::breached)) ++breached;
    const bool breaks = std::ranges::count(drill.invariants, InvariantStatus::violated,
                                           &InvariantReport::status) > 0;
    if (passed && breaks) ++breaking;
    if (drill.rpo.lost > 0) ++lossy;
    lost += drill.rpo.lost;
  }
  std::string text;
  const auto add = [&text](std::uint64_t count, const std::string& what) {
    if (count > 0) text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + what;
  };
  add(assumed, "met under assumptions");
  add(lossy, "lost acknowledged writes (" + std::to_string(lost) + ")");
  add(breaking, "broke a rule as declared");
  add(breached, "breached an objective that does not decide");
  return text;
}

std::string format_summary(const Report& report) {
  constexpr std::array<std::pair<Verdict, const char*>, 4> verdicts{
      {{Verdict::pass, "passed"},
       {Verdict::fail, "failed"},
       {Verdict::inconclusive, "inconclusive"},
       {Verdict::aborted, "aborted"}}};
  const std::size_t total = report.drills.size();
  std::string out = std::to_string(total) + (total == 1 ? " drill" : " drills");
  const char* separator = ": ";
  for (const auto& [verdict, word] : verdicts) {
    std::size_t count = 0;
    for (const DrillReport& drill : report.drills) count += drill.verdict == verdict ? 1 : 0;
    if (count == 0) continue;
    out += separator + std::to_string(count) + " " + word;
    if (verdict == Verdict::pass) out += over_targets(report);
    separator = ", ";
  }
  if (report.not_run > 0) out += "; " + std::to_string(report.not_run) + " not run (interrupted)";
  return out;
}

}  // namespace aftershock
