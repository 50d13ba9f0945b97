#include "reports/compliance.h"

#include <map>
#include <numeric>

namespace aftershock {

Standing standing_of(const DrillReport& drill) {
  const auto either = [&](Judgement judgement) {
    return drill.rto.objective.judgement == judgement || drill.rpo.objective.judgement == judgement;
  };
  const bool breached = either(Judgement::breached);
  switch (drill.verdict) {
    case Verdict::fail: return breached ? Standing::breached : Standing::broken;
    case Verdict::inconclusive: return Standing::inconclusive;
    case Verdict::aborted: return Standing::aborted;
    case Verdict::pass: break;
  }
  if (breached || either(Judgement::not_measured)) return Standing::undecided;
  if (either(Judgement::over_target)) return Standing::over;
  return either(Judgement::met_assumed) ? Standing::assumed : Standing::met;
}

std::uint64_t Compliance::drills() const {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

std::uint64_t Compliance::passed() const {
  const auto end = counts.begin() + static_cast<std::ptrdiff_t>(Standing::breached);
  return std::accumulate(counts.begin(), end, std::uint64_t{0});
}

std::vector<Compliance> compliance_by(std::string DrillReport::* member, const Report& report,
                                      const std::string& world) {
  std::map<std::string, Compliance> lines;
  for (const DrillReport& drill : report.drills) {
    if (drill.world != world) continue;
    ++lines[drill.*member].counts.at(static_cast<std::size_t>(standing_of(drill)));
  }
  std::vector<Compliance> sorted;
  for (auto& [name, line] : lines) {
    line.name = name;
    sorted.push_back(std::move(line));
  }
  return sorted;
}

}  // namespace aftershock
