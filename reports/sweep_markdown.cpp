#include "reports/sweep_markdown.h"

#include <algorithm>

#include "reports/markdown.h"
#include "reports/sweep_words.h"
#include "reports/text.h"

namespace aftershock {
namespace {

using markdown::cell;
using markdown::code;
using markdown::row;

constexpr std::size_t kMostScenarios = 300, kMostFindings = 100;

std::string scenarios(const SweepReport& report) {
  std::string out = row({"scenario", "drills", "passed", "failed", "inconclusive", "crashed",
                         "RTA p50", "p95", "p99", "max", "RPA max", "violates"});
  out += row({"---", "--:", "--:", "--:", "--:", "--:", "--:", "--:", "--:", "--:", "--:", "--:"});
  std::size_t shown = 0;
  for (const SweepScenario& scenario : report.scenarios) {
    if (++shown > kMostScenarios) break;
    const SweepCounts& counts = scenario.counts;
    out += row({cell(scenario.name), grouped(counts.drills), grouped(counts.passed),
                grouped(counts.failed), grouped(counts.inconclusive), grouped(counts.crashed),
                cell(figure_text(scenario.rta.p50)), cell(figure_text(scenario.rta.p95)),
                cell(figure_text(scenario.rta.p99)), cell(figure_text(scenario.rta.max)),
                cell(figure_text(scenario.rpa.max)), cell(bound_text(scenario.at_most_one_in))});
  }
  if (report.scenarios.size() > kMostScenarios) {
    out += "\nand " + grouped(report.scenarios.size() - kMostScenarios) + " more scenarios\n";
  }
  return out;
}

std::string findings(const SweepReport& report) {
  if (report.findings.empty()) return "";
  std::string out = "\n### What did not pass\n\n";
  out += row({"kind", "scenario", "reason", "seeds", "replay"});
  out += row({"---", "---", "---", "---", "---"});
  std::size_t shown = 0;
  for (const SweepFinding& finding : report.findings) {
    if (++shown > kMostFindings) break;
    out += row({std::string(name_of(finding.kind)), cell(finding.scenario), cell(finding.reason),
                cell(seeds_text(finding)), code(finding.seeds.front().replay)});
  }
  if (report.findings.size() > kMostFindings) {
    out += "\nand " + grouped(report.findings.size() - kMostFindings) + " more kinds of failure\n";
  }
  return out;
}

std::string notes(const SweepReport& report) {
  std::string out;
  for (const SweepCanary& canary : report.canaries) {
    out += "- canary " + cell(canary.scenario) + " " + cell(canary.what) + "\n";
  }
  for (const std::string& sentence :
       {bound_sentence(report.at_most_one_in), recheck_sentence(report), marks_sentence(report)}) {
    if (!sentence.empty()) out += "- " + sentence + "\n";
  }
  return out;
}

std::string heading(const SweepReport& report) {
  const std::string_view verdict = verdict_of(report);
  if (verdict == "pass") return "PASS";
  if (verdict == "fail") return "FAIL";
  return verdict == "aborted" ? "ABORTED" : "INCONCLUSIVE";
}

}  // namespace

std::string format_sweep_markdown(const SweepReport& report) {
  std::string out = "## Sweep: " + heading(report) + "\n\n" + headline(report) + "\n\n";
  for (const std::string& alarm : canary_alarms(report)) out += "**" + cell(alarm) + "**\n\n";
  out += scenarios(report) + findings(report) + "\n" + notes(report);
  return out + "\n<!-- machine -->" + cell(machine_text(report.machine)) + "\n";
}

}  // namespace aftershock
