#include "reports/html/sweep_scenario.h"

#include "reports/sweep_words.h"

namespace aftershock::html {
namespace {

/// A page must open: what a scenario has beyond these is in sweep.json.
constexpr std::size_t kMostFindings = 20;

Tone tone_of(std::string_view verdict) {
  if (verdict == "PASS") return Tone::good;
  if (verdict == "INCONCLUSIVE") return Tone::warn;
  return verdict == "NOT RUN" ? Tone::idle : Tone::bad;
}

Html headline(const SweepScenario& scenario) {
  return element("summary", badge(scenario) + Html(" ") + element("h3", scenario.name) + Html(" ") +
                                element("span", {{"class", "title"}}, scenario.title) + Html(" ") +
                                labelled("drills", grouped(scenario.counts.drills)) + Html(" ") +
                                labelled("RTA max", figure_text(scenario.rta.max)) + Html(" ") +
                                labelled("RPA max", figure_text(scenario.rpa.max)));
}

Html counts_table(const SweepCounts& counts) {
  Table table("Drills of this scenario, a seed each",
              {{"Drills", Align::figures},
               {"Passed", Align::figures},
               {"Failed", Align::figures},
               {"Broke an invariant undeclared", Align::figures},
               {"Inconclusive", Align::figures},
               {"Crashed", Align::figures},
               {"Run twice", Align::figures},
               {"Another digest", Align::figures}});
  table.add({grouped(counts.drills), grouped(counts.passed), grouped(counts.failed),
             grouped(counts.violating), grouped(counts.inconclusive), grouped(counts.crashed),
             grouped(counts.rechecked), grouped(counts.nondeterministic)});
  return table.html();
}

Html spread_table(const SweepScenario& scenario) {
  Table table("Over its seeds, by nearest rank; >T: longer than T",
              {{"Figure"},
               {"Drills with one", Align::figures},
               {"p50", Align::figures},
               {"p95", Align::figures},
               {"p99", Align::figures},
               {"Max", Align::figures}});
  const auto add = [&table](const char* name, const Distribution& figures) {
    table.add({name, grouped(figures.count), figure_text(figures.p50), figure_text(figures.p95),
               figure_text(figures.p99), figure_text(figures.max)});
  };
  add("RTA, upper bound", scenario.rta);
  add("RPA", scenario.rpa);
  return table.html();
}

Html seeds_table(const SweepFinding& finding) {
  Table table(seeds_text(finding) + ". The quickest to replay first.",
              {{"Seed", Align::figures},
               {"Steps", Align::figures},
               {"Why", Align::prose},
               {"To run exactly this again", Align::prose}});
  for (const SweepSeed& seed : finding.seeds) {
    table.add({std::to_string(seed.seed), seed.steps == 0 ? "-" : grouped(seed.steps), seed.why,
               code(seed.replay)});
  }
  return table.html();
}

Html findings_of(const SweepReport& report, const SweepScenario& scenario) {
  Html out;
  std::size_t found = 0;
  for (const SweepFinding& finding : report.findings) {
    if (finding.path != scenario.path || ++found > kMostFindings) continue;
    out += element("h4", std::string(name_of(finding.kind)) + ": " + finding.reason) +
           Html::markup("\n") + seeds_table(finding);
  }
  return found <= kMostFindings ? out : out + and_more(found - kMostFindings);
}

}  // namespace

Html and_more(std::size_t findings) {
  return paragraph("And " + grouped(findings) + " more, which sweep.json has.");
}

std::string id_of_scenario(std::size_t index) { return "scenario-" + std::to_string(index + 1); }

Html badge(const SweepScenario& scenario) {
  const std::string_view verdict = verdict_of(scenario);
  return badge(verdict, tone_of(verdict));
}

Html sweep_mark_table(const std::vector<SweepMark>& marks) {
  Table table(
      "Rare paths that were taken",
      {{"Mark"}, {"Drills", Align::figures}, {"Times", Align::figures}, {"Claimed and reached"}});
  for (const SweepMark& mark : marks) {
    table.add({mark.name, grouped(mark.drills), grouped(mark.count),
               mark.claimed ? badge(mark.drills > 0) : Html("-")});
  }
  return table.html();
}

Html scenario_html(const SweepReport& report, std::size_t index) {
  const SweepScenario& scenario = report.scenarios.at(index);
  const Html body = paragraph("File: " + scenario.path) +
                    sentence(bound_sentence(scenario.at_most_one_in)) +
                    findings_of(report, scenario) + counts_table(scenario.counts) +
                    spread_table(scenario) + sweep_mark_table(scenario.marks);
  const std::string_view verdict = verdict_of(scenario);
  return element("details",
                 {{"class", "drill brief"},
                  {"id", id_of_scenario(index)},
                  {"data-verdict", std::string(verdict)},
                  {verdict == "PASS" ? "" : "open", ""}},
                 headline(scenario) + element("div", {{"class", "body"}}, body)) +
         Html::markup("\n");
}

}  // namespace aftershock::html
