// Compliance by system and by scenario: how many drills met their objectives.
#include <algorithm>
#include <array>
#include <map>

#include "reports/html/sections.h"
#include "reports/html/summary.h"
#include "reports/sweep_words.h"

namespace aftershock::html {
namespace {

/// Each drill is in one of these.
enum class Class : std::uint8_t { met, assumed, over, undecided, breached, broken, doubt, aborted };

Class class_of(const DrillReport& drill) {
  const auto either = [&](Judgement judgement) {
    return drill.rto.objective.judgement == judgement || drill.rpo.objective.judgement == judgement;
  };
  const bool breached = either(Judgement::breached);
  switch (drill.verdict) {
    case Verdict::fail: return breached ? Class::breached : Class::broken;
    case Verdict::inconclusive: return Class::doubt;
    case Verdict::aborted: return Class::aborted;
    case Verdict::pass: break;
  }
  if (breached || either(Judgement::not_measured)) return Class::undecided;
  if (either(Judgement::over_target)) return Class::over;
  return either(Judgement::met_assumed) ? Class::assumed : Class::met;
}

using Counts = std::array<std::size_t, 8>;
using ByName = std::map<std::string, Counts>;

Table table_of(const std::string& caption, std::string_view of, const ByName& by_name) {
  Table table(caption, {{of},
                        {"Drills", Align::figures},
                        {"Met", Align::figures},
                        {"Met under assumptions", Align::figures},
                        {"Over target", Align::figures},
                        {"Objectives do not decide", Align::figures},
                        {"Breached", Align::figures},
                        {"Failed otherwise", Align::figures},
                        {"Inconclusive", Align::figures},
                        {"Aborted", Align::figures},
                        {"Passed", Align::figures}});
  for (const auto& [name, counts] : by_name) {
    std::size_t all = 0, passed = 0;
    std::vector<Html> cells{name.empty() ? "-" : name, ""};
    for (std::size_t i = 0; i < counts.size(); ++i) {
      all += counts[i];
      if (i <= std::size_t(Class::undecided)) passed += counts[i];
      cells.emplace_back(counts[i] == 0 ? "-" : grouped(counts[i]));
    }
    cells[1] = grouped(all);
    cells.emplace_back(share_text(passed, all));
    table.add(cells);
  }
  return table;
}

Html compliance_in(const Report& report, const std::string& world) {
  ByName systems, scenarios;
  std::size_t drills = 0;
  for (const DrillReport& drill : report.drills) {
    if (drill.world != world) continue;
    const auto which = std::size_t(class_of(drill));
    ++systems[drill.system][which];
    ++scenarios[drill.scenario][which];
    ++drills;
  }
  const Html by_scenario =
      table_of("Compliance by scenario, " + world, "Scenario", scenarios).html();
  const bool several = scenarios.size() < drills;
  return table_of("Compliance by system, " + world, "System", systems).html() +
         element("details", {{"class", "data"}, {several ? "open" : "", ""}},
                 element("summary", "Compliance by scenario, " + world) + by_scenario) +
         Html::markup("\n");
}

}  // namespace

Html systems_section(const Report& report) {
  Html content = paragraph(
      "Each drill is counted once. Passed: all but breached, failed, inconclusive and aborted "
      "ones. Objectives do not decide where a scenario expects a rule to break, or asks for safety "
      "only.");
  for (const std::string& world : worlds_of(report)) content += compliance_in(report, world);
  return content;
}

}  // namespace aftershock::html
