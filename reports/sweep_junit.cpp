#include "reports/sweep_junit.h"

#include <vector>

#include "reports/junit.h"
#include "reports/sweep_words.h"
#include "reports/text.h"

namespace aftershock {
namespace {

using junit::Case;
using junit::Suite;

std::string element_of(FindingKind kind) {
  switch (kind) {
    case FindingKind::crash: return "error";
    case FindingKind::failure:
    case FindingKind::nondeterminism: return "failure";
    case FindingKind::inconclusive: break;
  }
  return "skipped";
}

Case case_of(const SweepFinding& finding) {
  Case test{.name = finding.reason.empty() ? std::string(name_of(finding.kind)) : finding.reason,
            .element = element_of(finding.kind),
            .message = seeds_text(finding)};
  for (const SweepSeed& seed : finding.seeds) {
    test.body += one_line(seed.why) + "\n" + one_line(seed.replay) + "\n";
  }
  return test;
}

Suite suite_of(const SweepScenario& scenario, const SweepReport& report) {
  Suite suite{scenario.name, {}};
  for (const SweepFinding& finding : report.findings) {
    if (finding.path == scenario.path) suite.cases.push_back(case_of(finding));
  }
  if (!suite.cases.empty()) return suite;
  const bool ran = scenario.counts.drills > 0;
  suite.cases.push_back({"every seed", ran ? "" : "skipped", "no seed was run"});
  return suite;
}

}  // namespace

std::string format_sweep_junit(const SweepReport& report) {
  std::vector<Suite> suites;
  for (const SweepScenario& scenario : report.scenarios) {
    suites.push_back(suite_of(scenario, report));
  }
  Suite canaries{"canaries", {}};
  for (const SweepCanary& canary : report.canaries) {
    canaries.cases.push_back({canary.scenario + " breaks " + canary.invariant,
                              canary.seen ? "" : "failure", canary.what});
  }
  if (!canaries.cases.empty()) suites.push_back(std::move(canaries));
  return junit::write("aftershock sweep", suites);
}

}  // namespace aftershock
