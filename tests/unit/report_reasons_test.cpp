// The reasons of a verdict write durations as the table does, and round none in our favour.
#include <gtest/gtest.h>

#include "harness/engine/judge.h"

namespace aftershock {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> reasons(DrillReport report) {
  decide_verdict({}, report);
  return report.reasons;
}

DrillReport breached() {
  DrillReport report;
  report.rto.objective = {
      .target = 1min, .max = 115s, .stated_by = "", .derivation = "", .judgement = {}};
  report.rpo.objective = report.rto.objective;
  report.rto.objective.judgement = report.rpo.objective.judgement = Judgement::breached;
  report.rto.measured = Bounds{100s, 115s + 1ms};
  report.rpo.measured = 2min + 3s + 401ms;
  report.rto.watched = 11min + 59s + 999ms;
  return report;
}

TEST(ReportReasons, RoundABreachUp) {
  EXPECT_EQ(reasons(breached()),
            (std::vector<std::string>{"RTO breached: RTA 1m55.1s, at most 1m55s allowed",
                                      "RPO breached: RPA 2m3.5s, at most 1m55s allowed"}));
}

TEST(ReportReasons, RoundDownHowLongNothingRecovered) {
  DrillReport report = breached();
  report.rto.measured.reset();
  EXPECT_EQ(reasons(report).at(0), "RTO breached: RTA >11m59.9s, at most 1m55s allowed");
}

}  // namespace
}  // namespace aftershock
