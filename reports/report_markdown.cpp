#include "reports/report_markdown.h"

#include <algorithm>

#include "reports/compliance.h"
#include "reports/figures.h"
#include "reports/markdown.h"
#include "reports/report_markdown_audit.h"
#include "reports/terminal.h"
#include "reports/text.h"
#include "reports/words.h"

namespace aftershock {
namespace {

using markdown::cell;
using markdown::code;
using markdown::command;
using markdown::row;

constexpr std::size_t kMostDrills = 300, kMostDetails = 50, kMostReasons = 10;

std::string and_more(std::size_t all, std::size_t most, const char* what) {
  return all > most ? "\nand " + std::to_string(all - most) + " more " + what + "\n" : "";
}

std::string objectives(const Report& report, const std::string& world) {
  std::string out = row({"verdict", "drill", "seed", "RTO target/max", "RTA", "margin",
                         "RPO target/max", "RPA", "invariants"});
  out += row({"---", "---", "--:", "---", "---", "--:", "---", "---", "---"});
  std::size_t shown = 0;
  bool derived = false;
  for (const DrillReport& drill : report.drills) {
    if (drill.world != world || ++shown > kMostDrills) continue;
    derived |= drill.rto.objective.stated_by == "derived";
    derived |= drill.rpo.objective.stated_by == "derived";
    out += row({verdict_text(drill.verdict, false), cell(drill.scenario),
                std::to_string(drill.seed), cell(objective_text(drill.rto.objective)),
                cell(rto_figure(drill.rto) + judgement_text(drill, drill.rto.objective)),
                cell(margin_text(drill.rto)), cell(objective_text(drill.rpo.objective)),
                cell(loss_figure(drill.rpo) + judgement_text(drill, drill.rpo.objective)),
                cell(invariants_text(drill))});
  }
  out += and_more(shown, kMostDrills, "drills");
  out +=
      "\nRTA and RPA are " + cell(world) + "; of RTA \\[lower, upper\\] the upper bound is judged.";
  if (derived) out += " \\* derived from the settings: no document states this objective.";
  return out + "\n\n";
}

/// Figures of different worlds never share a table.
std::string objectives(const Report& report) {
  std::string out;
  for (const std::string& world : worlds_of(report)) out += objectives(report, world);
  return out;
}

std::string systems(const Report& report) {
  if (report.drills.size() < 2) return "";
  std::vector<std::string> head{"System", "World", "Drills"}, ruler{"---", "---", "--:"};
  for (const std::string_view name : kStandingNames) {
    head.emplace_back(name);
    ruler.emplace_back("--:");
  }
  std::string out = "### " + std::string(title_of(Section::systems)) + "\n\n" + row(head);
  out += row(ruler);
  for (const std::string& world : worlds_of(report)) {
    for (const Compliance& line : compliance_by(&DrillReport::system, report, world)) {
      std::vector<std::string> cells{cell(line.name), cell(world), std::to_string(line.drills())};
      for (const std::uint64_t count : line.counts) cells.push_back(std::to_string(count));
      out += row(cells);
    }
  }
  return out + "\n";
}

std::string losses(const Report& report) {
  std::string out;
  for (const DrillReport& drill : report.drills) {
    if (drill.rpo.lost == 0) continue;
    out += row({cell(drill.scenario), std::to_string(drill.rpo.lost),
                std::to_string(drill.rpo.acknowledged), std::to_string(drill.rpo.lost_after_t0),
                drill.rpo.lost_writes.empty() ? "" : code(drill.rpo.lost_writes.front().run),
                drill.rpo.lost_writes.empty()
                    ? ""
                    : cell(rounded_down(drill.rpo.lost_writes.front().acknowledged_at))});
  }
  const std::string heading = "### " + std::string(title_of(Section::losses)) + "\n\n";
  if (out.empty()) return heading + "No acknowledged write was lost in any drill.\n\n";
  return heading +
         row({"drill", "lost", "of acknowledged", "after t0", "earliest lost run",
              "acknowledged at"}) +
         row({"---", "--:", "--:", "--:", "---", "--:"}) + out + "\n";
}

std::string violations(const DrillReport& drill) {
  std::string out;
  for (const ViolationReport& violation : drill.violations) {
    out += "- **" + cell(violation.invariant) + "** broke at " + rounded_down(violation.at) + ": " +
           cell(violation.message) + "\n";
    for (const std::string& line : violation.rows) out += "  - " + command(line) + "\n";
  }
  return out;
}

std::string details(const DrillReport& drill) {
  std::string out = "<details><summary>" + verdict_text(drill.verdict, false) + " " +
                    cell(drill.scenario + ": " + drill.title) + "</summary>\n\n";
  out += cell(drill.document + ", " + drill.section) + "\n\n";
  for (std::size_t i = 0; i < std::min(drill.reasons.size(), kMostReasons); ++i) {
    out += "- " + cell(drill.reasons[i]) + "\n";
  }
  out += and_more(drill.reasons.size(), kMostReasons, "reasons") + violations(drill);
  for (const std::string& line : beside_typical(drill)) out += "- " + cell(line) + "\n";
  return out + "\nTo run exactly this again: " + command(drill.replay) + "\n\n</details>\n\n";
}

std::string not_passed(const Report& report) {
  std::string out;
  std::size_t shown = 0;
  for (const DrillReport& drill : report.drills) {
    const bool alone = report.drills.size() == 1;
    if (drill.verdict == Verdict::pass && !alone) continue;
    if (++shown <= kMostDetails) out += details(drill);
  }
  const std::string heading = "### " + std::string(title_of(Section::drills)) + "\n\n";
  if (out.empty()) return heading + "Every drill passed; report.html shows each.\n\n";
  return heading + out + and_more(shown, kMostDetails, "drills that did not pass");
}

}  // namespace

std::string format_markdown(const Report& report) {
  std::string out = "## Recovery drills: " + verdict_text(verdict_of(report), false) + "\n\n";
  out += draft_line(report) + cell(format_summary(report)) + "\n\n";
  const std::string reservations = format_reservations(report);
  if (!reservations.empty()) out += "Of them " + cell(reservations) + ".\n\n";
  out += "### " + std::string(title_of(Section::summary)) + "\n\n";
  out += objectives(report) + systems(report) + losses(report);
  out += markdown_changes(report) + not_passed(report) + markdown_audit(report);
  return out;
}

}  // namespace aftershock
