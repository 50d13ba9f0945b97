#include "reports/report_markdown_audit.h"

#include <algorithm>

#include "reports/markdown.h"
#include "reports/words.h"

namespace aftershock {
namespace {

using markdown::cell;
using markdown::code;
using markdown::command;
using markdown::row;

std::string heading(Section section) { return "### " + std::string(title_of(section)) + "\n\n"; }

/// A blank is marked, so that nobody takes it for an answer.
std::string said(const std::string& text) { return text.empty() ? "**to be filled**" : cell(text); }

std::string pairs(const std::vector<std::pair<const char*, std::string>>& lines) {
  std::string out = row({"", ""}) + row({"---", "---"});
  for (const auto& [name, value] : lines) out += row({name, value});
  return out + "\n";
}

std::string exercise(const OccasionReport& occasion, const AttestationReport& people) {
  const EnvironmentReport& machine = occasion.environment;
  return heading(Section::exercise) +
         pairs({{"exercise", code(occasion.exercise)},
                {"began, ended", cell(occasion.began + ", " + occasion.ended)},
                {"command", code(machine.command)},
                {"build", code(machine.build)},
                {"machine", cell(machine.host + ", " + machine.system + ", " +
                                 std::to_string(machine.processors) + " processors")},
                {"plan", said(people.plan)},
                {"plan version", said(people.plan_version)},
                {"location", said(people.location)},
                {"scope", said(people.scope)},
                {"rationale", said(people.rationale)},
                {"objectives set on", said(people.objectives_set_on)}});
}

std::string participants(const AttestationReport& people) {
  std::string out = heading(Section::participants);
  for (const ParticipantReport& one : people.participants) {
    out += "- " + cell(one.name + ", " + one.role) + "\n";
  }
  if (people.participants.empty()) out += "- " + said("") + "\n";
  return out + "\n" +
         pairs({{"reviewed by", said(people.reviewed_by)},
                {"approved by", said(people.approved_by)},
                {"approved on", said(people.approved_on)},
                {"reported to", said(people.reported_to)},
                {"attested by", said(people.attested_by)},
                {"attested on", said(people.attested_on)}});
}

std::string findings(const AttestationReport& people) {
  std::string out = heading(Section::deviations);
  for (const std::string& each : people.deviations) out += "- " + cell(each) + "\n";
  if (people.deviations.empty()) out += "- " + said("") + "\n";
  out += "\n" + heading(Section::findings);
  out += row({"finding", "owner", "due", "status", "retest"});
  out += row({"---", "---", "---", "---", "---"});
  for (const FindingReport& each : people.findings) {
    out += row({said(each.finding), said(each.owner), said(each.due), said(each.status),
                each.retest.empty() ? "-" : cell(each.retest)});
  }
  if (people.findings.empty()) out += row({said(""), "", "", "", ""});
  return out + "\n" +
         pairs({{"accepted risks", said(people.accepted_risks)},
                {"conclusion", said(people.conclusion)}});
}

std::string communication(const AttestationReport& people) {
  std::string out = heading(Section::communication);
  out += "Due, by " + cell(std::string(kNoticeSource)) + ":\n\n";
  out += row({"severity", "within", "recipients", "channels"}) + row({"---", "---", "---", "---"});
  for (const NoticeDuty& duty : kNoticeDuties) {
    out += row({std::string(duty.severity), std::string(duty.within), std::string(duty.recipients),
                std::string(duty.channels)});
  }
  out += "\nOn record:\n\n";
  out += row({"at", "severity", "recipients", "channel", "message"});
  out += row({"---", "---", "---", "---", "---"});
  for (const NoticeReport& each : people.notices) {
    out += row({said(each.at), said(each.severity), said(each.recipients), said(each.channel),
                said(each.message)});
  }
  if (people.notices.empty()) out += row({said(""), "", "", "", ""});
  return out + "\n";
}

std::string clauses() {
  std::string out = heading(Section::clauses);
  out += row({"standard", "clause", "asks", "answered by", "only a person can say"});
  out += row({"---", "---", "---", "---", "---"});
  for (const Clause& clause : clause_matrix()) {
    std::string sections;
    for (const Section section : clause.answered_by) {
      sections += (sections.empty() ? "" : "; ") + std::string(title_of(section));
    }
    out += row({cell(std::string(clause.standard)), cell(std::string(clause.clause)),
                cell(std::string(clause.asks)), sections, cell(std::string(clause.person))});
  }
  return out + "\n";
}

std::string recheck(const Report& report) {
  constexpr std::size_t kMost = 300;
  std::string out = heading(Section::recheck);
  out += "With the bundle of `run --bundle FOLDER`: " +
         command("aftershock report verify FOLDER --replay") + ". A single drill again:\n\n";
  for (std::size_t i = 0; i < std::min(report.drills.size(), kMost); ++i) {
    out += "- " + command(report.drills[i].replay) + "\n";
  }
  return out + "\n";
}

}  // namespace

std::string draft_line(const Report& report) {
  if (report.occasion.exercise.empty() || !is_draft(report)) return "";
  const std::vector<Blank> blanks = blanks_of(report.occasion);
  const auto open = std::ranges::count(blanks, false, &Blank::filled);
  return "**Draft: " + std::to_string(open) + " of " + std::to_string(blanks.size()) +
         " blanks are to be filled by people.**\n\n";
}

std::string markdown_changes(const Report& report) {
  const OccasionReport& occasion = report.occasion;
  std::string out;
  if (occasion.exercise.empty() && !occasion.changes && occasion.history.empty()) return out;
  out += heading(Section::changes);
  if (!occasion.changes) out += "This report was not compared with an earlier one.\n\n";
  if (occasion.changes) {
    out += "Since " + cell(occasion.changes->since) + " (" + command(occasion.changes->exercise) +
           "):\n\n";
    for (const ChangeReport& change : occasion.changes->changes) {
      out += "- " +
             cell(change.scenario + ": " + std::string(name_of(change.kind)) + " " + change.before +
                  " -> " + change.after) +
             (change.worse ? " **worse**" : "") + "\n";
    }
    if (occasion.changes->changes.empty()) out += "- nothing changed\n";
    out += "\n";
  }
  if (occasion.history.empty()) return out;
  out += row({"drill", "held before", "last passed"}) + row({"---", "---", "---"});
  for (const HeldReport& held : occasion.history) {
    out += row({cell(held.scenario), cell(held.drilled.value_or("never")),
                cell(held.passed.value_or("never"))});
  }
  return out + "\n";
}

std::string markdown_audit(const Report& report) {
  const OccasionReport& occasion = report.occasion;
  if (occasion.exercise.empty()) return "";
  const AttestationReport people = occasion.attestation.value_or(AttestationReport{});
  return exercise(occasion, people) + participants(people) + findings(people) +
         communication(people) + clauses() + recheck(report);
}

}  // namespace aftershock
