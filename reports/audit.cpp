#include "reports/audit.h"

#include <algorithm>
#include <array>

namespace aftershock {
namespace {

struct SectionName {
  std::string_view id, title;
};
constexpr std::array<SectionName, 12> kSections{{{"summary", "Summary"},
                                                 {"systems", "Compliance by system"},
                                                 {"losses", "What was lost"},
                                                 {"changes", "Changes since the last report"},
                                                 {"drills", "Drills"},
                                                 {"exercise", "The exercise"},
                                                 {"participants", "Participants and approval"},
                                                 {"deviations", "Deviations from the plan"},
                                                 {"findings", "Findings and retest"},
                                                 {"communication", "Incident communication"},
                                                 {"clauses", "Clause matrix"},
                                                 {"recheck", "How to check this again"}}};

constexpr const SectionName& name(Section section) {
  return kSections.at(static_cast<std::size_t>(section));
}

using enum Section;

std::vector<Clause> american_clauses() {
  return {{"SOC 2",
           "CC7.5",
           "Recovery from incidents is planned, carried out and improved.",
           {drills, findings, changes},
           "the root cause, and the changes that prevent it from coming back"},
          {"SOC 2",
           "A1.3",
           "Recovery plans are tested, backups with them.",
           {summary, drills, exercise},
           "that the scenarios are those that matter to the business"},
          {"NIST SP 800-34",
           "3.5.1",
           "A test has scope, scenario, participants, and objectives that were set beforehand.",
           {exercise, participants, summary},
           "who took part, and when the objectives were set"},
          {"NIST SP 800-34",
           "3.2.1",
           "Recovery time and point are known; a miss has a plan of action.",
           {summary, losses, findings},
           "the plan of action and its milestones"},
          {"NIST SP 800-53",
           "CP-4",
           "The contingency plan is tested; results are reviewed; corrective actions begin.",
           {drills, findings, participants},
           "the review, and that corrective actions have begun"},
          {"FFIEC BCM",
           "VII.K",
           "Results against objectives, deviations, findings with owners, retests.",
           {summary, deviations, findings, exercise},
           "deviations, owners, due dates and accepted risks"}};
}

std::vector<Clause> international_clauses() {
  return {{"ISO 22301",
           "8.5",
           "Exercises at planned intervals, with outcomes, recommendations and actions.",
           {exercise, changes, findings},
           "the planned interval, the recommendations and the actions"},
          {"DORA",
           "Art. 11",
           "Continuity plans are tested yearly; activities during a disruption are on record.",
           {exercise, drills, communication},
           "the record of what people did and told during the exercise"},
          {"DORA",
           "Art. 12",
           "Backup and recovery are tested; recovered data are checked and reconciled.",
           {losses, drills, summary},
           "that the objectives follow from the function's criticality"},
          {"DORA",
           "Art. 25",
           "Testing of tools and systems, scenario based; deficiencies reach management.",
           {drills, recheck, findings},
           "that the management body was told of deficiencies"}};
}

}  // namespace

std::string_view id_of(Section section) { return name(section).id; }
std::string_view title_of(Section section) { return name(section).title; }

std::vector<Blank> blanks_of(const OccasionReport& occasion) {
  const AttestationReport said = occasion.attestation.value_or(AttestationReport{});
  const auto blank = [](std::string_view key, std::string_view asks, const std::string& text) {
    return Blank{key, asks, !text.empty()};
  };
  return {blank("plan", "Which plan was exercised", said.plan),
          blank("plan_version", "In which version", said.plan_version),
          blank("location", "Where the exercise took place", said.location),
          blank("scope", "What was in scope and what was not", said.scope),
          blank("rationale", "Why these scenarios: impact analysis, risk", said.rationale),
          blank("objectives_set_on", "When the objectives were set", said.objectives_set_on),
          Blank{"participants", "Who took part, in which role", !said.participants.empty()},
          Blank{"deviations", "What was not as planned; an item 'none' if nothing",
                !said.deviations.empty()},
          Blank{"findings",
                "What was found, with owner, due date and retest; an item 'none' if nothing",
                !said.findings.empty()},
          Blank{"notices", "Who was told what, when and by which channel", !said.notices.empty()},
          blank("accepted_risks", "Which risks are accepted, by whom", said.accepted_risks),
          blank("conclusion", "What follows from the exercise", said.conclusion),
          blank("reported_to", "Which management body was told", said.reported_to),
          blank("reviewed_by", "Who reviewed this report", said.reviewed_by),
          blank("approved_by", "Who approved it", said.approved_by),
          blank("approved_on", "When it was approved", said.approved_on),
          blank("attested_by", "Who says all of the above", said.attested_by),
          blank("attested_on", "When they said it", said.attested_on)};
}

bool is_draft(const Report& report) {
  return !std::ranges::all_of(blanks_of(report.occasion), &Blank::filled);
}

const std::vector<Clause>& clause_matrix() {
  static const std::vector<Clause> matrix = [] {
    std::vector<Clause> all = american_clauses();
    const std::vector<Clause> others = international_clauses();
    all.insert(all.end(), others.begin(), others.end());
    return all;
  }();
  return matrix;
}

}  // namespace aftershock
