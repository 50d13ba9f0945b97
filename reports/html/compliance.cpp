// Compliance by system and by scenario: how many drills met their objectives.
#include <algorithm>

#include "reports/compliance.h"
#include "reports/figures.h"
#include "reports/html/sections.h"
#include "reports/html/summary.h"
#include "reports/sweep_words.h"

namespace aftershock::html {
namespace {

Html table_of(const std::string& caption, std::string_view of,
              const std::vector<Compliance>& lines) {
  std::vector<Column> columns{{of}, {"Drills", Align::figures}};
  for (const std::string_view name : kStandingNames) columns.push_back({name, Align::figures});
  columns.push_back({"Passed", Align::figures});
  Table table(caption, columns);
  for (const Compliance& line : lines) {
    std::vector<Html> cells{line.name.empty() ? "-" : line.name, grouped(line.drills())};
    for (const std::uint64_t count : line.counts) {
      cells.emplace_back(count == 0 ? "-" : grouped(count));
    }
    cells.emplace_back(share_text(line.passed(), line.drills()));
    table.add(cells);
  }
  return table.html();
}

Html compliance_in(const Report& report, const std::string& world) {
  const auto scenarios = compliance_by(&DrillReport::scenario, report, world);
  const bool several = std::ranges::any_of(
      scenarios, [](const Compliance& scenario) { return scenario.drills() > 1; });
  const std::string title = "Compliance by scenario, " + world;
  return table_of("Compliance by system, " + world, "System",
                  compliance_by(&DrillReport::system, report, world)) +
         element("details", {{"class", "data"}, {several ? "open" : "", ""}},
                 element("summary", title) + table_of(title, "Scenario", scenarios)) +
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
