#include "reports/terminal.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "reports/figures.h"
#include "reports/recovery_text.h"
#include "reports/text.h"
#include "reports/words.h"

namespace aftershock {
namespace {

constexpr std::size_t kShortestSection = 12;
constexpr std::size_t kSectionColumn = 2;
constexpr std::string_view kIndent = "    ";
constexpr std::size_t kFirstFigure = 4;  // the columns before it say who, those from it on what

std::vector<std::string> row_of(const DrillReport& drill) {
  return {verdict_text(drill.verdict, false),
          one_line(drill.scenario),
          one_line(drill.section),
          std::to_string(drill.seed),
          objective_text(drill.rto.objective),
          rto_figure(drill.rto) + judgement_text(drill, drill.rto.objective),
          margin_text(drill.rto),
          objective_text(drill.rpo.objective),
          loss_figure(drill.rpo) + judgement_text(drill, drill.rpo.objective),
          one_line(invariants_text(drill))};
}

using Drills = std::vector<const DrillReport*>;

Table table_of(const Drills& drills) {
  Table table;
  table.rows.push_back(
      {"VERDICT", "DRILL", "SECTION", "SEED", "RTO", "RTA", "MARGIN", "RPO", "RPA", "INVARIANTS"});
  for (const DrillReport* drill : drills) table.rows.push_back(row_of(*drill));
  return table;
}

/// Cuts the section as far as that helps; whether the table fits then.
bool made_to_fit(Table& table, std::size_t width) {
  const std::size_t section = table.widths()[kSectionColumn];
  const std::size_t excess = table.width() > width ? table.width() - width : 0;
  if (excess + kShortestSection > std::max(section, kShortestSection)) return false;
  for (auto& row : table.rows) row[kSectionColumn] = cut(row[kSectionColumn], section - excess);
  return true;
}

std::string painted(const std::string& line, Verdict verdict, bool colour) {
  const std::string word = verdict_text(verdict, false);
  return verdict_text(verdict, colour) + line.substr(word.size());
}

std::string wide_table(const Table& table, const Drills& drills, bool colour) {
  const std::vector<std::string> lines = table.lines();
  std::string out = lines[0] + "\n";
  for (std::size_t i = 0; i < drills.size(); ++i) {
    out += painted(lines[i + 1], drills[i]->verdict, colour) + "\n";
  }
  return out;
}

/// Some lines a drill: who it is, then its figures below; the invariants on a line of their own if
/// they do not fit beside them.
std::string narrow_table(const Table& table, const Drills& drills, std::size_t width, bool colour) {
  Table who;
  Table figures;
  Table rest;
  for (const auto& row : table.rows) {
    who.rows.push_back({row.begin(), row.begin() + kFirstFigure});
    figures.rows.push_back({row.begin() + kFirstFigure, row.end()});
  }
  made_to_fit(who, width);
  if (figures.width() + kIndent.size() > width) {
    for (auto& row : figures.rows) {
      rest.rows.push_back({row.back()});
      row.pop_back();
    }
  }
  const std::vector<std::string> first = who.lines();
  const std::vector<std::vector<std::string>> below{figures.lines(), rest.lines()};
  std::string out;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    out += i == 0 ? first[i] : painted(first[i], drills[i - 1]->verdict, colour);
    for (const std::vector<std::string>& lines : below) {
      if (!lines.empty()) out += "\n" + std::string(kIndent) + lines[i];
    }
    out += "\n";
  }
  return out;
}

std::string tables(const Report& report, const TerminalStyle& style) {
  std::string out;
  for (const std::string& world : worlds_of(report)) {
    Drills drills;
    bool derived = false;
    for (const DrillReport& drill : report.drills) {
      if (drill.world != world) continue;
      drills.push_back(&drill);
      derived |= drill.rto.objective.stated_by == "derived";
      derived |= drill.rpo.objective.stated_by == "derived";
    }
    Table table = table_of(drills);
    const std::size_t width = style.log ? std::max(style.width, kLogWidth) : style.width;
    out += made_to_fit(table, width) ? wide_table(table, drills, style.colour)
                                     : narrow_table(table, drills, width, style.colour);
    out += wrapped("",
                   "RTO and RPO: target/max. RTA and RPA: " + one_line(world) +
                       "; of RTA [lower, upper] the upper bound is judged. MARGIN: what is left of "
                       "the RTO's max.",
                   style.width);
    if (derived) {
      out += wrapped("", "* derived from the settings: no document states this objective.",
                     style.width);
    }
    out += "\n";
  }
  return out;
}

std::string list(std::string_view title, const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) {
    out += "      " + std::string(title) + "  " + one_line(line) + "\n";
  }
  return out;
}

std::string violations(const DrillReport& drill, std::size_t width) {
  std::string out;
  for (const ViolationReport& violation : drill.violations) {
    out += wrapped("    ",
                   one_line("violated " + violation.invariant + " at " +
                            rounded_down(violation.at) + ": " + violation.message),
                   width);
    out += list("row  ", violation.rows) + list("event", violation.events);
  }
  return out;
}

/// Our figures beside what the documents say is usually measured, and why ours are others.
std::string typical_actuals(const Report& report, const TerminalStyle& style) {
  std::string out;
  for (const DrillReport& drill : report.drills) {
    const std::vector<std::string> lines = beside_typical(drill);
    if (lines.empty()) continue;
    out += "  " + one_line(drill.scenario) + "\n";
    for (const std::string& line : lines) out += wrapped("    ", one_line(line), style.width);
  }
  if (out.empty()) return "";
  return "Beside what the documents call typical:\n" + out + "\n";
}

/// When the scenarios were held before this time.
std::string history(const Report& report, const TerminalStyle& style) {
  if (report.occasion.history.empty()) return "";
  Table table;
  table.rows.push_back({"DRILL", "HELD BEFORE", "LAST PASSED"});
  for (const HeldReport& held : report.occasion.history) {
    table.rows.push_back({one_line(held.scenario), one_line(held.drilled.value_or("never")),
                          one_line(held.passed.value_or("never"))});
  }
  std::string out;
  for (const std::string& line : table.lines()) out += cut(line, style.width) + "\n";
  return out + "\n";
}

std::string details(const DrillReport& drill, const TerminalStyle& style) {
  std::string out = verdict_text(drill.verdict, style.colour) + " " +
                    one_line(drill.scenario + ": " + drill.title) + "\n";
  out += wrapped("    ", one_line(drill.document + ", " + drill.section), style.width);
  out += wrapped("    ",
                 one_line(drill.world + ", seed " + std::to_string(drill.seed) + ": RTA " +
                          format_recovery(drill.rto) + ", RPA " + loss_figure(drill.rpo)),
                 style.width);
  for (const std::string& reason : drill.reasons) {
    out += wrapped("  - ", one_line(reason), style.width);
  }
  out += violations(drill, style.width) + recovery_text(drill, style.width);
  out += "    to run exactly this again:\n" + one_line(drill.replay) + "\n";
  return out + "    to see what happened, event by event:\n" + one_line(trace_command(drill)) +
         "\n\n";
}

/// Of a drill that is shown alone.
std::string passed_recovery(const DrillReport& drill, const TerminalStyle& style) {
  const std::string text = style.only_failed ? "" : recovery_text(drill, style.width);
  return text.empty() ? "" : text + "\n";
}

}  // namespace

std::string verdict_text(Verdict verdict, bool colour) {
  struct Look {
    const char* word;
    const char* colour;
  };
  constexpr std::array<Look, 4> looks{{{"PASS", "\033[32m"},
                                       {"FAIL", "\033[1;31m"},
                                       {"INCONCLUSIVE", "\033[33m"},
                                       {"ABORTED", "\033[35m"}}};
  const Look& look = looks.at(static_cast<std::size_t>(verdict));
  return colour ? std::string(look.colour) + look.word + "\033[0m" : look.word;
}

std::string format_terminal(const Report& report, const TerminalStyle& style) {
  std::string out = style.only_failed ? ""
                                      : tables(report, style) + typical_actuals(report, style) +
                                            history(report, style);
  bool all_passed = true;
  for (const DrillReport& drill : report.drills) {
    if (drill.verdict == Verdict::pass) {
      if (report.drills.size() == 1) out += passed_recovery(drill, style);
      continue;
    }
    all_passed = false;
    out += details(drill, style);
  }
  if (style.only_failed && all_passed && report.not_run == 0) return "";
  const std::string reservations = format_reservations(report);
  if (!style.only_failed && !reservations.empty()) {
    out += wrapped("with reservations: ", reservations, style.width);
  }
  return out + format_summary(report) + "\n";
}

}  // namespace aftershock
