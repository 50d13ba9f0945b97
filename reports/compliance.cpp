#include "reports/compliance.h"

#include <algorithm>

namespace aftershock {
namespace {

bool is_any(const DrillReport& drill, Judgement judgement) {
  return drill.rto.objective.judgement == judgement || drill.rpo.objective.judgement == judgement;
}

void count(const DrillReport& drill, Compliance& line) {
  ++line.drills;
  switch (drill.verdict) {
    case Verdict::pass: ++line.passed; break;
    case Verdict::fail: ++line.failed; break;
    case Verdict::inconclusive: ++line.inconclusive; break;
    case Verdict::aborted: ++line.aborted; break;
  }
  if (drill.rpo.lost > 0) ++line.with_losses;
  if (drill.verdict != Verdict::pass) return;
  if (is_any(drill, Judgement::over_target)) ++line.over_target;
  if (is_any(drill, Judgement::met_assumed)) ++line.under_assumptions;
}

}  // namespace

std::vector<Compliance> compliance_by_system(const Report& report) {
  std::vector<Compliance> lines;
  for (const DrillReport& drill : report.drills) {
    const auto same = [&drill](const Compliance& line) {
      return line.system == drill.system && line.world == drill.world;
    };
    auto found = std::ranges::find_if(lines, same);
    if (found == lines.end()) {
      found = lines.insert(lines.end(), Compliance{.system = drill.system, .world = drill.world});
    }
    count(drill, *found);
  }
  return lines;
}

}  // namespace aftershock
