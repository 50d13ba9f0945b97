// What a sweep keeps of a drill, and its line in the journal.
#include "harness/sweep/result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/report_sample.h"
#include "tests/unit/sweep_sample.h"

namespace aftershock::sweep {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(SweepResult, ComesBackFromItsLineAsItWas) {
  DrillResult result = failed({1, ~std::uint64_t{0}});
  result.rta = SweepFigure{12min, true};
  result.wall = 1500us;
  for (const DrillResult& each :
       {passed({0, 0}), result, crashed({2, 9}, "its process died", 1s)}) {
    const std::string line = to_line(each);
    EXPECT_LE(line.size(), kLongestLine);
    const auto entry = from_line(line);
    ASSERT_TRUE(entry) << entry.error();
    const auto& back = std::get<DrillResult>(*entry);
    EXPECT_EQ(to_line(back), line);
    EXPECT_EQ(back.key, each.key);
    EXPECT_EQ(back.ending, each.ending);
    EXPECT_EQ(back.wall, each.wall);
    EXPECT_EQ(back.marks, each.marks);
    EXPECT_EQ(back.broken, each.broken);
    EXPECT_EQ(back.rta.has_value(), each.rta.has_value());
    if (each.rta) {
      EXPECT_EQ(back.rta->beyond, each.rta->beyond);
    }
  }
  const auto recheck = from_line(to_line(Recheck{{1, 2}, "a", "b", 1s}));
  EXPECT_EQ(std::get<Recheck>(*recheck).again, "b");
  const auto ended = from_line(to_line(Ended{SweepEnd::budget, "host", 3, 1s}));
  EXPECT_EQ(std::get<Ended>(*ended).how, SweepEnd::budget);
}

TEST(SweepResult, RefusesWhatIsNoEntry) {
  for (const char* line : {"", "{", "[]", "{}", R"({"scenario":1,"seed":2,"end":"nice"})",
                           R"({"ended":"never"})", R"({"scenario":"x","seed":2,"again":"a"})"}) {
    EXPECT_FALSE(from_line(line)) << line;
  }
}

TEST(SweepResult, KeepsTheUpperBoundTheMarksAndTheReason) {
  DrillReport report = passed_drill();
  const DrillResult pass = result_of({1, 2}, report, 3ms);
  EXPECT_EQ(pass.ending, Ending::pass);
  EXPECT_EQ(pass.rta->value, report.rto.measured->upper);
  EXPECT_EQ(pass.digest, report.digest);
  EXPECT_EQ(pass.group, "");

  report.verdict = Verdict::fail;
  report.rto.measured.reset();
  report.rto.watched = 12min;
  report.rto.objective.judgement = Judgement::breached;
  report.reasons = {"RTO breached: RTA >12m, at most 4m allowed"};
  report.violations.clear();
  const DrillResult fail = result_of({1, 2}, report, 3ms);
  EXPECT_TRUE(fail.rta->beyond);
  EXPECT_EQ(fail.rta->value, 12min);
  EXPECT_EQ(fail.group, "RTO breached: RTA >#, at most # allowed");
  EXPECT_EQ(fail.why, report.reasons[0]);

  report.rto.objective.judgement = Judgement::not_measured;
  EXPECT_FALSE(result_of({1, 2}, report, 3ms).rta);
}

TEST(SweepResult, IsGroupedByTheInvariantThatTheReasonsName) {
  DrillReport report = passed_drill();
  report.verdict = Verdict::fail;
  report.violations = {{"audit-replays", {}, "wanted", {}, {}},
                       {"roll-up", {}, "run 7 is wrong", {}, {}}};
  report.reasons = {"a doubt", "invariant roll-up violated: run 7 is wrong"};
  const DrillResult result = result_of({1, 2}, report, 3ms);
  EXPECT_EQ(result.group, "invariant roll-up violated") << "the other one was asked for";
  EXPECT_EQ(result.why, "run 7 is wrong");
  EXPECT_EQ(result.broken, (std::vector<std::string>{"audit-replays", "roll-up"}));
}

TEST(SweepResult, ReasonsOfOneKindAreOne) {
  EXPECT_EQ(without_figures("RTA 3m2.1s, at most 4m allowed."), "RTA #, at most # allowed.");
  EXPECT_EQ(without_figures("runner-3 and runner-12"), "runner-# and runner-#");
  EXPECT_EQ(without_figures("drill.cpp:12: CHECK(a == b)"), "drill.cpp:#: CHECK(a == b)");
  EXPECT_EQ(without_figures("nothing"), "nothing");
  EXPECT_EQ(without_figures("1."), "#.");
  EXPECT_EQ(without_figures(""), "");
}

TEST(SweepResult, AnyTextFitsALine) {
  std::string evil(1'000'000, '\x01');
  evil += "\xFF\n";
  const DrillResult result = crashed({1, 2}, evil, 1s);
  EXPECT_LE(to_line(result).size(), kLongestLine);
  EXPECT_EQ(to_line(result).find('\n'), std::string::npos);
  EXPECT_TRUE(from_line(to_line(result)));
}

}  // namespace
}  // namespace aftershock::sweep
