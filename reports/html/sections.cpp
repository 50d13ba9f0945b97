#include "reports/html/sections.h"

#include "reports/html/drill.h"
#include "reports/html/summary.h"
#include "reports/shell_quote.h"
#include "reports/text.h"

namespace aftershock::html {
namespace {

/// Of one that only a person can say: as the attestation has it, or its blank.
Html said(const OccasionReport& occasion, std::string_view key, const std::string& text) {
  if (!text.empty()) return text;
  for (const Blank& one : blanks_of(occasion)) {
    if (one.key == key) return blank(one.asks);
  }
  return blank(key);
}

AttestationReport attested(const OccasionReport& occasion) {
  return occasion.attestation.value_or(AttestationReport{});
}

class Facts {
 public:
  explicit Facts(std::string_view caption)
      : table_(caption, {{"What"}, {"Answer", Align::prose}}) {}
  void add(std::string_view what, const Html& answer) { table_.add({what, answer}); }
  Html html() const { return table_.html(); }

 private:
  Table table_;
};

Html or_dash(const std::string& text) { return text.empty() ? Html("-") : Html(text); }

/// Beside the record: who has to be told, and how soon.
Html duties() {
  Table table("Who has to be told, says " + std::string(kNoticeSource),
              {{"Severity"}, {"Within"}, {"Recipients"}, {"Channels"}});
  for (const NoticeDuty& duty : kNoticeDuties) {
    table.add({duty.severity, duty.within, duty.recipients, duty.channels});
  }
  return table.html();
}

}  // namespace

Html exercise_section(const Report& report) {
  const OccasionReport& occasion = report.occasion;
  const EnvironmentReport& environment = occasion.environment;
  const AttestationReport told = attested(occasion);
  Facts noted("What the tool noted down");
  noted.add("exercise", or_dash(occasion.exercise));
  noted.add("began", or_dash(occasion.began));
  noted.add("ended", or_dash(occasion.ended));
  noted.add("host", or_dash(environment.host));
  noted.add("system", or_dash(environment.system));
  noted.add("processors",
            environment.processors == 0 ? Html("-") : Html(std::to_string(environment.processors)));
  noted.add("version of aftershock", or_dash(report.tool_version));
  noted.add("SHA-256 of the program",
            environment.build.empty() ? Html("-") : code(environment.build));
  noted.add("command", environment.command.empty() ? Html("-") : code(environment.command));
  Facts plan("Plan, scope and place, as people attest them");
  const auto add = [&](const char* what, std::string_view key, const std::string& text) {
    plan.add(what, said(occasion, key, text));
  };
  add("plan", "plan", told.plan);
  add("version of the plan", "plan_version", told.plan_version);
  add("location", "location", told.location);
  add("scope", "scope", told.scope);
  add("why these scenarios", "rationale", told.rationale);
  add("objectives set on", "objectives_set_on", told.objectives_set_on);
  return noted.html() + plan.html();
}

Html participants_section(const Report& report) {
  const OccasionReport& occasion = report.occasion;
  const AttestationReport told = attested(occasion);
  Table people("Participants", {{"Name"}, {"Role"}});
  for (const ParticipantReport& person : told.participants) people.add({person.name, person.role});
  const Html participants =
      people.empty() ? paragraph(said(occasion, "participants", "")) : people.html();
  Facts approval("Review and approval");
  const auto add = [&](const char* what, std::string_view key, const std::string& text) {
    approval.add(what, said(occasion, key, text));
  };
  add("reviewed by", "reviewed_by", told.reviewed_by);
  add("approved by", "approved_by", told.approved_by);
  add("approved on", "approved_on", told.approved_on);
  add("reported to", "reported_to", told.reported_to);
  add("attested by", "attested_by", told.attested_by);
  add("attested on", "attested_on", told.attested_on);
  return participants + approval.html();
}

Html deviations_section(const Report& report) {
  const std::vector<std::string> told = attested(report.occasion).deviations;
  return told.empty() ? paragraph(said(report.occasion, "deviations", "")) : bullets(told);
}

Html findings_section(const Report& report) {
  const OccasionReport& occasion = report.occasion;
  const AttestationReport told = attested(occasion);
  Html seen;
  for (std::size_t i = 0; i < report.drills.size(); ++i) {
    const DrillReport& drill = report.drills[i];
    for (const std::string& reason : drill.reasons) {
      if (drill.verdict == Verdict::pass) continue;
      seen += element("li", link_to(id_of_drill(i), drill.scenario) + ": " + reason);
    }
  }
  Html content = seen.empty() ? paragraph("The tool itself found nothing that did not pass.")
                              : paragraph("What the tool found:") + element("ul", seen);
  Table table("Findings, as people attest them",
              {{"Finding", Align::prose}, {"Owner"}, {"Due"}, {"Status"}, {"Retest"}});
  for (const FindingReport& finding : told.findings) {
    table.add({finding.finding, or_dash(finding.owner), or_dash(finding.due),
               or_dash(finding.status), or_dash(finding.retest)});
  }
  content += table.empty() ? paragraph(said(occasion, "findings", "")) : table.html();
  Facts facts("What follows");
  facts.add("accepted risks", said(occasion, "accepted_risks", told.accepted_risks));
  facts.add("conclusion", said(occasion, "conclusion", told.conclusion));
  return content + facts.html();
}

Html communication_section(const Report& report) {
  const OccasionReport& occasion = report.occasion;
  Table table("Who was told what",
              {{"At"}, {"Severity"}, {"Recipients"}, {"Channel"}, {"Message", Align::prose}});
  for (const NoticeReport& notice : attested(occasion).notices) {
    table.add({or_dash(notice.at), or_dash(notice.severity), or_dash(notice.recipients),
               or_dash(notice.channel), or_dash(notice.message)});
  }
  const Html record = table.empty() ? paragraph(said(occasion, "notices", "")) : table.html();
  return record + duties();
}

Html clauses_section() {
  Table table("Which part of this report answers which clause, and what only a person can say",
              {{"Standard"},
               {"Clause"},
               {"What it asks", Align::prose},
               {"Answered by"},
               {"Only a person", Align::prose}});
  for (const Clause& clause : clause_matrix()) {
    Html answers;
    for (const Section which : clause.answered_by) {
      if (!answers.empty()) answers += Html(", ");
      answers += link_to(std::string(id_of(which)), title_of(which));
    }
    table.add({clause.standard, clause.clause, clause.asks, answers,
               clause.person.empty() ? "-" : clause.person});
  }
  return table.html();
}

Html recheck_section(const Report& report) {
  Html content = paragraph(
      "A drill is a function of its scenario, its seed and the program: the same three give the "
      "same digest. Each drill's commands are at its end.");
  if (!report.drills.empty()) {
    content +=
        paragraph("For example, the first drill again:") + command(report.drills.front().replay);
  }
  content += paragraph("To see whether a file of the evidence was changed, and which:") +
             command("aftershock report verify FOLDER");
  return content;
}

}  // namespace aftershock::html
