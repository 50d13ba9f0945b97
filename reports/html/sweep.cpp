#include "reports/html/sweep.h"

#include <algorithm>

#include "reports/html/filter.h"
#include "reports/html/page.h"
#include "reports/html/spread.h"
#include "reports/html/sweep_scenario.h"
#include "reports/sweep_words.h"

namespace aftershock {
namespace html {
namespace {

constexpr std::size_t kMostFindings = 200;

Html verdict_badge(std::string_view verdict) {
  if (verdict == "pass") return badge(Verdict::pass);
  if (verdict == "fail") return badge(Verdict::fail);
  return badge(verdict == "aborted" ? Verdict::aborted : Verdict::inconclusive);
}

Html banner(const SweepReport& report) {
  const std::string verdict(verdict_of(report));
  Html content = element("p", {{"class", "verdict"}}, verdict_badge(verdict)) +
                 paragraph(headline(report) + ".");
  content += sentence(bound_sentence(report.at_most_one_in)) + sentence(recheck_sentence(report)) +
             sentence(marks_sentence(report));
  return element("div", {{"class", "banner " + verdict}}, content);
}

Html alarms(const SweepReport& report) {
  const auto texts = canary_alarms(report);
  return texts.empty() ? Html() : element("div", {{"class", "reasons"}}, bullets(texts));
}

Html filter_of() {
  Choice verdicts{"verdict", "Verdict", "all verdicts", {}};
  for (const char* verdict : {"PASS", "FAIL", "CRASH", "INCONCLUSIVE", "NOT RUN"}) {
    verdicts.values.emplace_back(verdict, verdict);
  }
  return filter("scenarios", {verdicts});
}

Html scenario_table(const SweepReport& report) {
  Table table(
      "Scenarios over their seeds. RTA: upper bounds; >T is longer than T. Violates: where no "
      "invariant broke undeclared, with 95 % confidence one does in fewer seeds than this.",
      {{"Scenario"},
       {"Verdict"},
       {"Drills", Align::figures},
       {"Passed", Align::figures},
       {"Failed", Align::figures},
       {"Inconclusive", Align::figures},
       {"Crashed", Align::figures},
       {"RTA p50", Align::figures},
       {"p95", Align::figures},
       {"p99", Align::figures},
       {"Max", Align::figures},
       {"RPA max", Align::figures},
       {"Marks", Align::figures},
       {"Violates", Align::figures}});
  for (std::size_t i = 0; i < report.scenarios.size(); ++i) {
    const SweepScenario& scenario = report.scenarios[i];
    const SweepCounts& counts = scenario.counts;
    table.add({{"data-drill", id_of_scenario(i)}},
              {link_to(id_of_scenario(i), scenario.name), badge(scenario), grouped(counts.drills),
               grouped(counts.passed), grouped(counts.failed), grouped(counts.inconclusive),
               grouped(counts.crashed), figure_text(scenario.rta.p50),
               figure_text(scenario.rta.p95), figure_text(scenario.rta.p99),
               figure_text(scenario.rta.max), figure_text(scenario.rpa.max),
               claims_text(scenario.marks), bound_text(scenario.at_most_one_in)});
  }
  return table.html();
}

Html summary(const SweepReport& report) {
  const Html head = banner(report) + alarms(report);
  if (report.scenarios.empty()) return head + paragraph("No scenario was swept.");
  return head + filter_of() + scenario_table(report);
}

Html spreads(const SweepReport& report) {
  const Html charts =
      spread_figure(report, &SweepScenario::rta, "rta", "Recovery time (RTA, upper bound)") +
      spread_figure(report, &SweepScenario::rpa, "rpa", "Recovery point (RPA)");
  return charts.empty() ? paragraph("No drill measured a recovery time or a loss.") : charts;
}

/// Where a scenario is, by its path: names may be equal.
Html link_of(const SweepReport& report, const SweepFinding& finding) {
  for (std::size_t i = 0; i < report.scenarios.size(); ++i) {
    if (report.scenarios[i].path == finding.path) {
      return link_to(id_of_scenario(i), finding.scenario);
    }
  }
  return finding.scenario;
}

Html findings(const SweepReport& report) {
  if (report.findings.empty()) {
    return paragraph(report.counts.drills > 0 ? "Every drill passed." : "No drill was run.");
  }
  Table table("What did not pass, by scenario and reason",
              {{"Scenario"},
               {"Kind"},
               {"Reason", Align::prose},
               {"Seeds", Align::figures},
               {"The quickest to replay", Align::prose}});
  for (std::size_t i = 0; i < std::min(report.findings.size(), kMostFindings); ++i) {
    const SweepFinding& finding = report.findings[i];
    table.add({link_of(report, finding), name_of(finding.kind), finding.reason,
               grouped(finding.count),
               finding.seeds.empty() ? Html("-") : code(finding.seeds.front().replay)});
  }
  if (report.findings.size() <= kMostFindings) return table.html();
  return table.html() + and_more(report.findings.size() - kMostFindings);
}

Html canaries(const SweepReport& report) {
  Table table("Scenarios that had to be seen to break an invariant",
              {{"Canary"},
               {"Seen"},
               {"Invariant"},
               {"Seed", Align::figures},
               {"What came of it", Align::prose}});
  for (const SweepCanary& canary : report.canaries) {
    table.add({canary.scenario, badge(canary.seen), canary.invariant, std::to_string(canary.seed),
               canary.what});
  }
  return table.empty() ? paragraph("There was none: nothing shows that this sweep could see a bug.")
                       : table.html();
}

Html marks(const SweepReport& report) {
  const Html table = sweep_mark_table(report.marks);
  return table.empty() ? paragraph("No rare path was marked.") : table;
}

Html scenarios(const SweepReport& report) {
  if (report.scenarios.empty()) return paragraph("No scenario was swept.");
  Html all = paragraph("Scenarios whose verdict is not PASS are open.");
  for (std::size_t i = 0; i < report.scenarios.size(); ++i) all += scenario_html(report, i);
  return all;
}

/// Everything but the machine's line is the same for the same drills.
Html identity(const SweepReport& report) {
  Table table("What was run", {{"What"}, {"Answer", Align::prose}});
  table.add({"program", "aftershock " + report.tool_version + ", SHA-256 " + report.build});
  table.add({"seeds of each scenario",
             report.seeds ? grouped(*report.seeds) + ", from " + std::to_string(report.first_seed)
                          : "from " + std::to_string(report.first_seed) +
                                " on, as many as the time allowed"});
  table.add({"schedule", report.schedule});
  table.add({"drills that were planned and not run",
             report.not_run ? grouped(*report.not_run) : "there was no such plan"});
  return table.html() + Html::markup("\n") +
         element("p", {{"id", "machine"}}, machine_text(report.machine)) + Html::markup("\n");
}

}  // namespace
}  // namespace html

std::string format_sweep_html(const SweepReport& report) {
  using namespace html;
  Page page{"Sweep of disaster recovery drills",
            "Figures are simulated. aftershock " + report.tool_version + ".",
            "Sweep: " + std::string(verdict_of(report)) + ", " + headline(report),
            {}};
  page.sections = {{"summary", "Summary", summary(report)},
                   {"findings", "What did not pass", findings(report)},
                   {"spread", "Over the seeds", spreads(report)},
                   {"marks", "Rare paths", marks(report)},
                   {"canaries", "Canaries", canaries(report)},
                   {"identity", "What was run", identity(report)},
                   {"scenarios", "Scenarios", scenarios(report)}};
  return page_text(page);
}

}  // namespace aftershock
