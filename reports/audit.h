// What auditors ask of a report on an exercise: the blanks that only people can fill, and which
// clause is answered by which section. Sources: AICPA TSP 100, ISO 22301:2019, NIST SP 800-34r1 and
// 800-53r5, Regulation (EU) 2022/2554 (DORA), FFIEC Business Continuity Management booklet.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reports/report.h"

namespace aftershock {

/// Sections of a report, as its pages name them: ids in HTML, headings in Markdown.
enum class Section : std::uint8_t {
  summary,        ///< verdict, objectives against actuals
  systems,        ///< compliance by system
  losses,         ///< what was lost
  changes,        ///< since the last report
  drills,         ///< each drill with its timeline, invariants and assumptions
  exercise,       ///< identity, plan, scope, location, environment
  participants,   ///< and approval
  deviations,     ///< from the plan
  findings,       ///< with owner, due date and retest
  communication,  ///< the record of notices
  clauses,        ///< this matrix
  recheck         ///< how to run the drills again and to verify the evidence
};
std::string_view id_of(Section section);     ///< "findings"
std::string_view title_of(Section section);  ///< "Findings and retest"

/// Something that no tool can know.
struct Blank {
  std::string_view key;   ///< in the file of --attest: "approved_by"
  std::string_view asks;  ///< "Who approved this report"
  bool filled = false;
};
/// All of them, in the order of the file.
std::vector<Blank> blanks_of(const OccasionReport& occasion);
/// A report is a draft until every blank is filled.
bool is_draft(const Report& report);

/// How much of a clause a report of this tool can answer.
struct Clause {
  std::string_view standard;  ///< "SOC 2"
  std::string_view clause;    ///< "A1.3"
  std::string_view asks;      ///< in our words
  std::vector<Section> answered_by;
  std::string_view person;  ///< what only a person can say to it; empty: nothing
};
const std::vector<Clause>& clause_matrix();

/// Who has to be told of an incident, and how soon: the stakeholder notification matrix of the
/// document in kNoticeSource.
struct NoticeDuty {
  std::string_view severity, within, recipients, channels;
};
inline constexpr std::string_view kNoticeSource =
    "task-scheduler-disaster-recovery.md, 8. Communication Procedures";
inline constexpr std::array<NoticeDuty, 4> kNoticeDuties{
    {{"critical", "at once", "all stakeholders", "phone, e-mail and chat"},
     {"high", "15 minutes", "technical teams", "e-mail and chat"},
     {"medium", "30 minutes", "operations team", "chat"},
     {"low", "1 hour", "monitoring team", "e-mail"}}};

}  // namespace aftershock
