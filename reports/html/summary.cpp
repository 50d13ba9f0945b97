#include "reports/html/summary.h"

#include <algorithm>
#include <set>

#include "reports/audit.h"
#include "reports/figures.h"
#include "reports/html/drill.h"
#include "reports/html/filter.h"
#include "reports/sweep_words.h"
#include "reports/text.h"
#include "reports/words.h"

namespace aftershock::html {
namespace {

std::string attested(const OccasionReport& occasion) {
  if (!occasion.attestation) return "";
  return "attested by " + occasion.attestation->attested_by + " on " +
         occasion.attestation->attested_on;
}

Html banner(const Report& report) {
  const auto blanks = blanks_of(report.occasion);
  const auto open = std::ranges::count(blanks, false, &Blank::filled);
  const std::string reservations = format_reservations(report);
  const Html draft =
      open > 0 ? element("span", {{"class", "badge draft"}},
                         "DRAFT: " + counted(std::uint64_t(open), "blank", "blanks") + " to fill")
               : element("span", {{"class", "badge idle"}}, attested(report.occasion));
  return element(
      "div", {{"class", "banner " + std::string(name_of(verdict_of(report)))}},
      element("p", {{"class", "verdict"}}, badge(verdict_of(report)) + Html(" ") + draft) +
          paragraph(format_summary(report) + ".") +
          (reservations.empty() ? Html() : paragraph("Of them " + reservations + ".")));
}

Html filter_of(const Report& report) {
  std::set<std::string> systems;
  for (const DrillReport& drill : report.drills) systems.insert(drill.system);
  Choice by_system{"system", "System", "all systems", {}};
  for (const std::string& system : systems) {
    by_system.values.emplace_back(system, system.empty() ? "without a system" : system);
  }
  Choice by_verdict{"verdict", "Verdict", "all verdicts", {}};
  for (const std::string_view verdict : kVerdictNames) {
    by_verdict.values.emplace_back(verdict, verdict);
  }
  return filter("drills", {by_system, by_verdict});
}

std::string assumed_text(const RecoveryReport& rto) {
  if (!rto.measured || rto.assumed <= Duration{}) return "-";
  return rounded_up(std::min(rto.assumed, rto.measured->upper));
}

Html objectives(const Report& report, const std::string& world) {
  Table table("Objectives against actuals, " + world +
                  ". RTO and RPO: target/max, * where the objective is derived. Of RTA [lower, "
                  "upper] the upper bound is judged. Margin: what is left of the RTO's max.",
              {{"Drill"},
               {"Verdict"},
               {"System"},
               {"Seed", Align::figures},
               {"RTO", Align::figures},
               {"RTA", Align::figures},
               {"Margin", Align::figures},
               {"Assumed", Align::figures},
               {"RTO judged"},
               {"RPO", Align::figures},
               {"RPA", Align::figures},
               {"RPO judged"},
               {"Invariants"}});
  for (std::size_t i = 0; i < report.drills.size(); ++i) {
    const DrillReport& drill = report.drills[i];
    if (drill.world != world) continue;
    table.add(
        {{"data-drill", id_of_drill(i)}},
        {link_to(id_of_drill(i), drill.scenario), badge(drill.verdict), drill.system,
         std::to_string(drill.seed), objective_text(drill.rto.objective),
         format_recovery(drill.rto), margin_text(drill.rto), assumed_text(drill.rto),
         badge(drill.rto.objective.judgement), objective_text(drill.rpo.objective),
         loss_figure(drill.rpo), badge(drill.rpo.objective.judgement), invariants_text(drill)});
  }
  return table.html();
}

Html lost_in(const Report& report, const std::string& world) {
  Table table("Drills that lost acknowledged writes, " + world,
              {{"Drill"},
               {"Lost", Align::figures},
               {"Of acknowledged", Align::figures},
               {"After t0", Align::figures},
               {"RPA", Align::figures},
               {"RPO", Align::figures},
               {"Judgement"},
               {"Earliest lost writes"}});
  constexpr std::size_t kNamed = 3;
  for (std::size_t i = 0; i < report.drills.size(); ++i) {
    const LossReport& loss = report.drills[i].rpo;
    if (report.drills[i].world != world || loss.lost == 0) continue;
    Html writes;
    for (std::size_t w = 0; w < std::min(kNamed, loss.lost_writes.size()); ++w) {
      if (w > 0) writes += Html(", ");
      writes += code(loss.lost_writes[w].run) + " at " +
                rounded_down(loss.lost_writes[w].acknowledged_at);
    }
    if (loss.lost > kNamed) writes += ", " + grouped(loss.lost - kNamed) + " more";
    table.add({link_to(id_of_drill(i), report.drills[i].scenario), grouped(loss.lost),
               grouped(loss.acknowledged), grouped(loss.lost_after_t0), time_text(loss.measured),
               objective_text(loss.objective), badge(loss.objective.judgement), writes});
  }
  return table.html();
}

Html changes(const ChangesReport& since) {
  Table table("Drills that are not what they were",
              {{"Drill"}, {"What changed"}, {"Before"}, {"Now"}, {"Worse"}});
  for (const ChangeReport& change : since.changes) {
    table.add({change.scenario, name_of(change.kind), change.before.empty() ? "-" : change.before,
               change.after.empty() ? "-" : change.after, change.worse ? "worse" : "no"});
  }
  const Html first = paragraph("Compared with exercise " + since.exercise + ", which began at " +
                               since.since + ".");
  return first + (table.empty() ? paragraph("Nothing changed since then.") : table.html());
}

Html history(const OccasionReport& occasion) {
  Table table("When each scenario was held before this exercise",
              {{"Scenario"}, {"Last drilled"}, {"Last passed"}});
  for (const HeldReport& held : occasion.history) {
    table.add({held.scenario, held.drilled.value_or("never"), held.passed.value_or("never")});
  }
  if (table.empty()) return paragraph("There is no history of earlier drills in this report.");
  return table.html();
}

}  // namespace

Html summary_section(const Report& report) {
  Html content = banner(report);
  if (report.drills.empty()) {
    content += paragraph("No drill was run: this report proves nothing.");
  } else {
    content += filter_of(report);
  }
  for (const std::string& world : worlds_of(report)) content += objectives(report, world);
  return content;
}

Html losses_section(const Report& report) {
  Html tables;
  for (const std::string& world : worlds_of(report)) tables += lost_in(report, world);
  if (tables.empty()) {
    tables = paragraph(report.drills.empty() ? "No drill was run."
                                             : "No acknowledged write was lost in any drill.");
  }
  for (std::size_t i = 0; i < report.drills.size(); ++i) {
    const DrillReport& drill = report.drills[i];
    if (drill.rpo.dangling == 0) continue;
    tables += paragraph(link_to(id_of_drill(i), drill.scenario) + ": " +
                        counted(drill.rpo.dangling, "artifact", "artifacts") +
                        " on record as stored are gone or damaged; no RPO judges that.");
  }
  return tables;
}

Html changes_section(const Report& report) {
  const OccasionReport& occasion = report.occasion;
  const Html since = occasion.changes
                         ? changes(*occasion.changes)
                         : paragraph("This report was not compared with an earlier one.");
  return since + history(occasion);
}

}  // namespace aftershock::html
