#include "reports/report_junit.h"

#include "reports/figures.h"
#include "reports/junit.h"
#include "reports/text.h"

namespace aftershock {
namespace {

using junit::Case;
using junit::Suite;

/// A drill that passes may miss or break what its scenario declares; one that is not conclusive has
/// judged nothing, so that whatever is wrong with it is an error.
std::string element_of(const DrillReport& drill, bool good) {
  if (good || drill.verdict == Verdict::pass) return "";
  return drill.verdict == Verdict::inconclusive || drill.verdict == Verdict::aborted ? "error"
                                                                                     : "failure";
}

Case objective(const DrillReport& drill, const char* name, const ObjectiveReport& objective,
               const std::string& figure) {
  const bool missed = objective.judgement == Judgement::breached;
  Case test{.name = std::string(name) + " " + objective_text(objective)};
  if (objective.judgement == Judgement::not_measured) test.element = "skipped";
  if (missed) test.element = element_of(drill, false);
  test.message = figure;
  return test;
}

std::string rows_of(const DrillReport& drill, const std::string& invariant) {
  std::string out;
  for (const ViolationReport& violation : drill.violations) {
    if (violation.invariant != invariant) continue;
    out += one_line(violation.message) + "\n";
    for (const std::string& row : violation.rows) out += "row   " + one_line(row) + "\n";
    for (const std::string& event : violation.events) out += "event " + one_line(event) + "\n";
  }
  return out + one_line(drill.replay) + "\n";
}

void add_invariants(const DrillReport& drill, Suite& suite) {
  for (const InvariantReport& invariant : drill.invariants) {
    Case test{.name = "invariant " + invariant.name};
    switch (invariant.status) {
      case InvariantStatus::held:
        if (invariant.checks == 0) test.element = "skipped";
        test.message = "there was nothing to check";
        break;
      case InvariantStatus::excepted:
        test.element = "skipped";
        test.message = invariant.reason;
        break;
      case InvariantStatus::violated:
        test.element = element_of(drill, false);
        test.message = "violated";
        test.body = rows_of(drill, invariant.name);
        break;
    }
    suite.cases.push_back(std::move(test));
  }
}

void add_aftermath(const DrillReport& drill, Suite& suite) {
  for (const DetectionReport& alert : drill.detection) {
    suite.cases.push_back(
        {"alert " + alert.alert, element_of(drill, alert.met),
         alert.after ? "fired after " + rounded_up(*alert.after) : "did not fire"});
  }
  for (const ThresholdReport& threshold : drill.thresholds) {
    suite.cases.push_back({"threshold " + threshold.expression, element_of(drill, threshold.met),
                           threshold.measured.value_or("not measured")});
  }
  for (const OrderReport& role : drill.recovery_order) {
    suite.cases.push_back({"recovery order: " + role.role, element_of(drill, role.met), role.seen});
  }
  for (const CheckReport& check : drill.checklist) {
    suite.cases.push_back({"checklist: " + check.check, element_of(drill, check.ok), check.seen});
  }
}

Suite suite_of(const DrillReport& drill) {
  Suite suite{drill.scenario + " seed " + std::to_string(drill.seed)};
  Case verdict{.name = "verdict", .element = element_of(drill, drill.verdict == Verdict::pass)};
  verdict.message = drill.reasons.empty() ? "" : drill.reasons.front();
  for (const std::string& reason : drill.reasons) verdict.body += one_line(reason) + "\n";
  if (!verdict.element.empty()) verdict.body += one_line(drill.replay) + "\n";
  suite.cases.push_back(std::move(verdict));
  suite.cases.push_back(
      objective(drill, "RTO", drill.rto.objective, "RTA " + rto_figure(drill.rto)));
  suite.cases.push_back(
      objective(drill, "RPO", drill.rpo.objective, "RPA " + loss_figure(drill.rpo)));
  add_invariants(drill, suite);
  add_aftermath(drill, suite);
  return suite;
}

}  // namespace

std::string format_junit(const Report& report) {
  std::vector<Suite> suites;
  for (const DrillReport& drill : report.drills) suites.push_back(suite_of(drill));
  if (report.not_run > 0) {
    const std::string count = std::to_string(report.not_run);
    suites.push_back({"drills that were not run", {{count + " drills", "error", "interrupted"}}});
  }
  return junit::write("aftershock run", suites);
}

}  // namespace aftershock
