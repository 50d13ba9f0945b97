// Verdicts from measures and findings: what outweighs what.
#include <gtest/gtest.h>

#include "harness/engine/judge.h"

namespace aftershock {
namespace {

DrillReport measured(Judgement rto, Judgement rpo) {
  DrillReport report;
  report.rto.objective.judgement = rto;
  report.rpo.objective.judgement = rpo;
  return report;
}

Verdict verdict(const Scenario& scenario, DrillReport report) {
  decide_verdict(scenario, report);
  EXPECT_EQ(report.verdict == Verdict::pass, report.reasons.empty())
      << "only a pass needs no reason";
  return report.verdict;
}

ViolationReport violation(const char* invariant) {
  ViolationReport report;
  report.invariant = invariant;
  return report;
}

TEST(Verdict, PassesWithinTheTargetAndWithinTheMaximum) {
  EXPECT_EQ(verdict({}, measured(Judgement::met, Judgement::met)), Verdict::pass);
  EXPECT_EQ(verdict({}, measured(Judgement::over_target, Judgement::met)), Verdict::pass);
}

TEST(Verdict, FailsWhenEitherObjectiveIsBreached) {
  EXPECT_EQ(verdict({}, measured(Judgement::breached, Judgement::met)), Verdict::fail);
  EXPECT_EQ(verdict({}, measured(Judgement::met, Judgement::breached)), Verdict::fail);
}

TEST(Verdict, IsInconclusiveWhenTheDrillProvesNothing) {
  DrillReport report = measured(Judgement::met, Judgement::met);
  report.reasons.emplace_back("a fault did not take effect");
  EXPECT_EQ(verdict({}, report), Verdict::inconclusive);
}

TEST(Verdict, IsInconclusiveEvenWithABreachWhenTheDrillProvesNothing) {
  DrillReport report = measured(Judgement::breached, Judgement::met);
  report.reasons.emplace_back("no steady state");
  EXPECT_EQ(verdict({}, report), Verdict::inconclusive);
}

TEST(Verdict, FailsOnAViolationEvenIfTheDrillProvesNothingElse) {
  DrillReport report = measured(Judgement::met, Judgement::met);
  report.reasons.emplace_back("a fault did not take effect");
  report.violations.push_back(violation("terminal-is-final"));
  EXPECT_EQ(verdict({}, report), Verdict::fail);
}

TEST(Verdict, PassesWhenTheExpectedInvariantBreaksWhateverTheObjectives) {
  Scenario scenario;
  scenario.violates = "terminal-is-final";
  DrillReport report = measured(Judgement::breached, Judgement::met);
  report.violations.push_back(violation("terminal-is-final"));
  EXPECT_EQ(verdict(scenario, report), Verdict::pass);
}

TEST(Verdict, FailsWhenAnotherInvariantBreaksBesideTheExpectedOne) {
  Scenario scenario;
  scenario.violates = "terminal-is-final";
  DrillReport report = measured(Judgement::met, Judgement::met);
  report.violations.push_back(violation("terminal-is-final"));
  report.violations.push_back(violation("fail-closed"));
  EXPECT_EQ(verdict(scenario, report), Verdict::fail);
}

TEST(Verdict, OfAnExpectedViolationIsInconclusiveWhenTheFaultDidNotBite) {
  Scenario scenario;
  scenario.violates = "terminal-is-final";
  DrillReport report = measured(Judgement::met, Judgement::met);
  report.reasons.emplace_back("a fault did not take effect");
  EXPECT_EQ(verdict(scenario, report), Verdict::inconclusive);
  report.violations.push_back(violation("terminal-is-final"));
  EXPECT_EQ(verdict(scenario, report), Verdict::inconclusive);
}

TEST(Verdict, FailsWhenTheExpectedViolationDoesNotCome) {
  Scenario scenario;
  scenario.violates = "terminal-is-final";
  EXPECT_EQ(verdict(scenario, measured(Judgement::met, Judgement::met)), Verdict::fail);
}

TEST(Verdict, WithoutAMeasureIsNeverAPass) {
  EXPECT_NE(verdict({}, measured(Judgement::not_measured, Judgement::met)), Verdict::pass);
  EXPECT_NE(verdict({}, measured(Judgement::met, Judgement::not_measured)), Verdict::pass);
}

}  // namespace
}  // namespace aftershock
