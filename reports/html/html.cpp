#include "reports/html/html.h"

#include <array>

#include "reports/audit.h"
#include "reports/figures.h"
#include "reports/html/drill.h"
#include "reports/html/page.h"
#include "reports/html/sections.h"
#include "reports/html/summary.h"

namespace aftershock {
namespace {

using namespace html;

std::string about(const Report& report) {
  const OccasionReport& occasion = report.occasion;
  std::string what = occasion.exercise.empty() ? "" : "Exercise " + occasion.exercise + ". ";
  if (!occasion.began.empty())
    what += "Began " + occasion.began + ", ended " + occasion.ended + ". ";
  what += "Figures are ";
  std::string worlds;
  for (const std::string& world : worlds_of(report))
    worlds += (worlds.empty() ? "" : " and ") + world;
  return what + (worlds.empty() ? "of no drill" : worlds) + ". aftershock " + report.tool_version +
         ".";
}

Html drills_section(const Report& report) {
  if (report.drills.empty()) return paragraph("No drill was run.");
  Html drills = paragraph(
      "Times count from time 0 of each drill, the end of its warm-up; t0 is when its fault took "
      "effect. Drills that did not pass are open.");
  for (std::size_t i = 0; i < report.drills.size(); ++i) drills += drill_html(report.drills[i], i);
  return drills;
}

/// In the order of the page.
constexpr std::array kSections{Section::summary,    Section::systems,  Section::losses,
                               Section::changes,    Section::exercise, Section::participants,
                               Section::deviations, Section::findings, Section::communication,
                               Section::clauses,    Section::recheck,  Section::drills};

Html content_of(Section which, const Report& report) {
  switch (which) {
    case Section::summary: return summary_section(report);
    case Section::systems: return systems_section(report);
    case Section::losses: return losses_section(report);
    case Section::changes: return changes_section(report);
    case Section::drills: return drills_section(report);
    case Section::exercise: return exercise_section(report);
    case Section::participants: return participants_section(report);
    case Section::deviations: return deviations_section(report);
    case Section::findings: return findings_section(report);
    case Section::communication: return communication_section(report);
    case Section::clauses: return clauses_section();
    case Section::recheck: return recheck_section(report);
  }
  return {};
}

}  // namespace

std::string format_html(const Report& report) {
  Page page{"Disaster recovery drills",
            about(report),
            "Disaster recovery drills: " + format_summary(report),
            {}};
  for (const Section which : kSections) {
    page.sections.push_back({id_of(which), title_of(which), content_of(which, report)});
  }
  return page_text(page);
}

}  // namespace aftershock
