#include "reports/sweep_terminal.h"

#include <algorithm>
#include <cctype>

#include "reports/sweep_words.h"
#include "reports/text.h"

namespace aftershock {
namespace {

constexpr std::size_t kMostFindings = 40;

std::string table(const SweepReport& report, const TerminalStyle& style) {
  Table table;
  table.rows.push_back({"VERDICT", "SCENARIO", "DRILLS", "PASSED", "FAILED", "INCONCL.", "CRASHED",
                        "RTA P50", "P95", "P99", "MAX", "RPA MAX", "MARKS", "VIOLATES"});
  for (const SweepScenario& scenario : report.scenarios) {
    const SweepCounts& counts = scenario.counts;
    table.rows.push_back({std::string(verdict_of(scenario)), one_line(scenario.name),
                          grouped(counts.drills), grouped(counts.passed), grouped(counts.failed),
                          grouped(counts.inconclusive), grouped(counts.crashed),
                          figure_text(scenario.rta.p50), figure_text(scenario.rta.p95),
                          figure_text(scenario.rta.p99), figure_text(scenario.rta.max),
                          figure_text(scenario.rpa.max), claims_text(scenario.marks),
                          bound_text(scenario.at_most_one_in)});
  }
  const std::size_t width = style.log ? kLogWidth : style.width;
  std::string out;
  for (const std::string& line : table.lines()) out += cut(line, width) + "\n";
  out += wrapped(
      "",
      "RTA: upper bounds; >T is longer than T. VIOLATES: where no invariant broke undeclared, "
      "with 95 % confidence one does in fewer seeds than this.",
      style.width);
  return out + "\n";
}

std::string title_of(const SweepFinding& finding) {
  std::string kind(name_of(finding.kind));
  std::ranges::transform(kind, kind.begin(), [](unsigned char c) { return std::toupper(c); });
  return kind + " " + one_line(finding.scenario + ": " + finding.reason);
}

std::string findings(const SweepReport& report, const TerminalStyle& style) {
  std::string out;
  std::size_t shown = 0;
  for (const SweepFinding& finding : report.findings) {
    if (++shown > kMostFindings) break;
    out += title_of(finding) + "\n" + wrapped("    ", seeds_text(finding), style.width);
    const SweepSeed& first = finding.seeds.front();
    if (first.why != finding.reason) out += wrapped("    ", one_line(first.why), style.width);
    out += "    to run exactly this again:\n" + one_line(first.replay) + "\n\n";
  }
  if (report.findings.size() > kMostFindings) {
    out += "and " + grouped(report.findings.size() - kMostFindings) + " more kinds of failure\n\n";
  }
  return out;
}

}  // namespace

std::string format_sweep_terminal(const SweepReport& report, const TerminalStyle& style) {
  if (style.only_failed && verdict_of(report) == "pass") return "";
  std::string out = style.only_failed ? "" : table(report, style);
  out += findings(report, style);
  for (const SweepCanary& canary : report.canaries) {
    if (style.only_failed && canary.seen) continue;
    out += wrapped("canary ", one_line(canary.scenario + " " + canary.what), style.width);
  }
  for (const std::string& alarm : canary_alarms(report)) {
    out += wrapped("ALARM: ", one_line(alarm), style.width);
  }
  out += headline(report) + "\n";
  if (style.only_failed) return out;
  for (const std::string& sentence :
       {bound_sentence(report.at_most_one_in), recheck_sentence(report)}) {
    if (!sentence.empty()) out += sentence + "\n";
  }
  return out + marks_sentence(report) + "; " + machine_text(report.machine) + "\n";
}

}  // namespace aftershock
