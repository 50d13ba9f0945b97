// The report as text: tables for wide and narrow terminals, details of what did not pass.
#include "reports/figures.h"
#include "reports/terminal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "reports/text.h"
#include "tests/unit/report_sample.h"

namespace aftershock {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

Report two_drills() {
  return {.tool_version = "1.2.3", .drills = {passed_drill(), sample_drill()}};
}

TEST(ReportTerminal, OnePassedDrillIsOneLine) {
  EXPECT_EQ(
      format_terminal({.tool_version = "1", .drills = {passed_drill()}}, {.width = 110}),
      R"(VERDICT  DRILL            SECTION             SEED  RTO    RTA               MARGIN   )"
      R"(RPO    RPA  INVARIANTS
PASS     database-outage  4) Database Outage  1     2m/4m  [1m1.1s, 1m1.3s]  2m58.7s  0s/0s  )"
      R"(0s   2 held
RTO and RPO: target/max. RTA and RPA: simulated; of RTA [lower, upper] the upper bound is judged. )"
      R"(MARGIN: what
is left of the RTO's max.

1 drill: 1 passed
)");
}

TEST(ReportTerminal, SaysWhatAVerdictAloneDoesNot) {
  EXPECT_THAT(format_terminal(two_drills(), {.width = 110}),
              HasSubstr("\nwith reservations: 1 lost acknowledged writes (3)\n2 drills: "));
}

TEST(ReportTerminal, ShowsEverythingAboutWhatDidNotPass) {
  EXPECT_EQ(format_terminal(two_drills(), {.width = 80, .only_failed = true}),
            R"(FAIL database-outage: Database outage; the control plane fails closed
    delta-ci-disaster-recovery.md, 4) Database Outage
    simulated, seed 18446744073709551615: RTA [4m29.5s, 4m30s], RPA 12.4s, 3
    lost
  - RTA's upper bound 4m30s is over the max of 4m.
  - fenced-completion broke.
    violated fenced-completion at 1m2.3s: an old epoch completed the attempt
      row    attempt 1a2b3c4d epoch 2 succeeded
      event  01:01.000 lease granted, epoch 2
      event  01:02.345 completed by epoch 1
    RECOVERY ORDER  LOST  STARTED  READY  TOOK  IN ORDER
    database        1m1s  1m50s    1m55s  5s    yes
    orchestrator    1m2s  1m52s    -      -     before database queue
    CHECKLIST
    processes  yes  database 1 of 1
    errors     NO   3 requests answered with unavailable or unknown
    to run exactly this again:
aftershock run scenarios/delta-ci/database-outage.yaml --seed 18446744073709551615
    to see what happened, event by event:
aftershock replay 18446744073709551615 scenarios/delta-ci/database-outage.yaml --schedule pct:3:4000

2 drills: 1 passed, 1 failed
)");
}

TEST(ReportTerminal, HowOnePassedDrillCameBackIsShownWhenItIsAlone) {
  DrillReport drill = passed_drill();
  drill.recovery_order = {{"database", 61s, 110s, {}, 115s, 60s, "takes connections", true}};
  const Report alone{.tool_version = "1", .drills = {drill}};
  EXPECT_THAT(format_terminal(alone, {.width = 110}), HasSubstr("RECOVERY ORDER"));
  EXPECT_EQ(format_terminal(alone, {.width = 110, .only_failed = true}), "");
  const Report two{.tool_version = "1", .drills = {drill, drill}};
  EXPECT_THAT(format_terminal(two, {.width = 110}), Not(HasSubstr("RECOVERY ORDER")));
}

TEST(ReportTerminal, ANarrowTerminalGetsTwoLinesADrill) {
  EXPECT_EQ(format_terminal({.tool_version = "1", .drills = {passed_drill()}}, {.width = 80}),
            R"(VERDICT  DRILL            SECTION             SEED
    RTO    RTA               MARGIN   RPO    RPA  INVARIANTS
PASS     database-outage  4) Database Outage  1
    2m/4m  [1m1.1s, 1m1.3s]  2m58.7s  0s/0s  0s   2 held
RTO and RPO: target/max. RTA and RPA: simulated; of RTA [lower, upper] the upper
bound is judged. MARGIN: what is left of the RTO's max.

1 drill: 1 passed
)");
}

TEST(ReportTerminal, FitsEightyColumnsButForTheCommands) {
  std::istringstream lines(format_terminal(two_drills(), {.width = 80}));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("aftershock ")) continue;
    EXPECT_LE(text_width(line), 80U) << line;
  }
}

TEST(ReportTerminal, SaysHowMuchOfARecoveryIsAssumed) {
  DrillReport drill = passed_drill();
  drill.rto.assumed = 30s;
  EXPECT_THAT(format_terminal({.tool_version = "1", .drills = {drill}}, {}),
              HasSubstr("[1m1.1s, 1m1.3s], 30s assumed  "));
}

TEST(ReportTerminal, ShowsWhatADocumentCallsTypicalBesideOurs) {
  DrillReport drill = passed_drill();
  drill.rto.objective.typical = {.min = 90s, .max = 2min, .differs = "nobody has to decide"};
  drill.rpo.objective.typical = {.min = 0s, .max = 0s, .differs = "not said of what is alike"};
  EXPECT_THAT(format_terminal({.tool_version = "1", .drills = {drill}}, {}),
              HasSubstr("Beside what the documents call typical:\n"
                        "  database-outage\n"
                        "    RTA [1m1.1s, 1m1.3s], typically 1m30s to 2m: shorter, because nobody "
                        "has to decide\n"
                        "    RPA 0s, typically 0s: alike\n"));
}

TEST(ReportTerminal, CutsTheSectionBeforeItTakesASecondLine) {
  DrillReport drill = passed_drill();
  drill.section = "A section with a name that is far too long for any table";
  const std::string text =
      format_terminal({.tool_version = "1", .drills = {drill}}, {.width = 120});
  EXPECT_THAT(text, HasSubstr("A section"));
  EXPECT_THAT(text, Not(HasSubstr("for any table")));
  EXPECT_EQ(text.find('\n'), 120U) << "the heading takes the whole width";
}

TEST(ReportTerminal, ALogGetsWholeTables) {
  DrillReport drill = passed_drill();
  drill.section = "A section with a name that is far too long for a screen";
  const Report report{.tool_version = "1", .drills = {drill}};
  const std::string text = format_terminal(report, {.width = 80, .log = true});
  EXPECT_THAT(text, HasSubstr(drill.section + "  1     2m/4m"));
  EXPECT_THAT(text, HasSubstr("the upper\nbound is judged. MARGIN")) << "sentences still wrap";
}

TEST(ReportTerminal, ReplayIsALineOfItsOwn) {
  EXPECT_THAT(format_terminal(two_drills(), {.width = 40}),
              HasSubstr("\n" + sample_drill().replay + "\n"));
}

TEST(ReportTerminal, SaysHowLongItWatchedWhenNothingRecovered) {
  DrillReport drill = sample_drill();
  drill.rto.measured.reset();
  EXPECT_EQ(format_recovery(drill.rto), ">12m");
}

TEST(ReportTerminal, WhatCouldNotBeMeasuredIsNotCalledSlow) {
  DrillReport drill = sample_drill();
  drill.verdict = Verdict::inconclusive;
  drill.rto.measured.reset();
  drill.rto.objective.judgement = Judgement::not_measured;
  const std::string text = format_terminal({.tool_version = "1", .drills = {drill}}, {});
  EXPECT_THAT(text, HasSubstr("RTA not measured, RPA"));
  EXPECT_THAT(text, Not(HasSubstr(">12m")));
}

TEST(ReportTerminal, SaysOnceThatAFaultDidNotBite) {
  DrillReport drill = sample_drill();
  drill.verdict = Verdict::inconclusive;
  drill.reasons = {"fault kill (process.kill) did not take effect: runner-7 never stopped"};
  const std::string text = format_terminal({.tool_version = "1", .drills = {drill}}, {});
  const std::size_t first = text.find("runner-7 never stopped");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(text.find("runner-7 never stopped", first + 1), std::string::npos);
}

TEST(ReportTerminal, ShowsWhichMeasureIsOverItsTarget) {
  DrillReport drill = passed_drill();
  drill.rto.objective.judgement = Judgement::over_target;
  const auto table = [&drill] {
    return format_terminal({.tool_version = "1", .drills = {drill}}, {.width = 200});
  };
  EXPECT_THAT(table(), HasSubstr("  [1m1.1s, 1m1.3s] over target  2m58.7s  0s/0s  0s   2 held\n"));
  std::swap(drill.rto.objective.judgement, drill.rpo.objective.judgement);
  EXPECT_THAT(table(), HasSubstr("  [1m1.1s, 1m1.3s]  2m58.7s  0s/0s  0s over target  2 held\n"));
}

TEST(ReportTerminal, CountsWhatPassedOverItsTargetAndWhatWasNotRun) {
  Report report{.tool_version = "1", .drills = {passed_drill(), passed_drill(), sample_drill()}};
  report.drills[0].rto.objective.judgement = Judgement::over_target;
  EXPECT_EQ(format_summary(report), "3 drills: 2 passed, 1 of them over its target, 1 failed");
  report.drills[1].rpo.objective.judgement = Judgement::over_target;
  EXPECT_EQ(format_summary(report), "3 drills: 2 passed, 2 of them over their targets, 1 failed");
  report.drills = {passed_drill()};
  report.not_run = 57;
  EXPECT_EQ(format_summary(report), "1 drill: 1 passed; 57 not run (interrupted)");
}

TEST(ReportTerminal, RoundsNoBoundInOurFavour) {
  EXPECT_EQ(format_recovery(sample_drill().rto), "[4m29.5s, 4m30s]");
  EXPECT_EQ(rounded_down(999'999us), "999ms");
  EXPECT_EQ(rounded_up(999'001us), "1s");
  EXPECT_EQ(rounded_up(1ns), "1ms");
  EXPECT_EQ(rounded_up(2h + 61s + 1ns), "2h1m1.1s");
  EXPECT_EQ(rounded_up(0s), "0s");
}

TEST(ReportTerminal, ColoursOnlyVerdicts) {
  const std::string plain = format_terminal(two_drills(), {});
  const std::string coloured = format_terminal(two_drills(), {.colour = true});
  EXPECT_THAT(plain, Not(HasSubstr("\033")));
  EXPECT_THAT(coloured, HasSubstr("\033[32mPASS\033[0m"));
  EXPECT_THAT(coloured, HasSubstr("\033[1;31mFAIL\033[0m"));
  std::string stripped;
  for (std::size_t i = 0; i < coloured.size(); ++i) {
    if (coloured[i] == '\033') {
      i = coloured.find('m', i);
    } else {
      stripped += coloured[i];
    }
  }
  EXPECT_EQ(stripped, plain);
}

TEST(ReportTerminal, QuietSaysNothingWhenAllPassed) {
  EXPECT_EQ(
      format_terminal({.tool_version = "1", .drills = {passed_drill()}}, {.only_failed = true}),
      "");
  EXPECT_EQ(format_terminal({.tool_version = "1", .drills = {passed_drill()}, .not_run = 2},
                            {.only_failed = true}),
            "1 drill: 1 passed; 2 not run (interrupted)\n");
}

TEST(ReportTerminal, CountsEveryVerdict) {
  Report report;
  EXPECT_EQ(format_summary(report), "0 drills");
  for (const Verdict verdict :
       {Verdict::pass, Verdict::aborted, Verdict::pass, Verdict::fail, Verdict::inconclusive}) {
    report.drills.push_back(passed_drill());
    report.drills.back().verdict = verdict;
  }
  EXPECT_EQ(format_summary(report), "5 drills: 2 passed, 1 failed, 1 inconclusive, 1 aborted");
}

TEST(ReportTerminal, NeverMixesWorldsInATable) {
  Report report{.tool_version = "1", .drills = {passed_drill(), passed_drill()}};
  report.drills[1].world = "live";
  const std::string text = format_terminal(report, {});
  const std::size_t simulated = text.find("RTA and RPA: simulated");
  const std::size_t live = text.find("RTA and RPA: live");
  ASSERT_NE(simulated, std::string::npos);
  ASSERT_NE(live, std::string::npos);
  EXPECT_NE(text.find("VERDICT", simulated), std::string::npos) << "a table of its own";
}

TEST(ReportTerminal, AnInvariantThatWasNeverCheckedIsNotHeld) {
  DrillReport drill = passed_drill();
  drill.invariants.push_back({"cancel-bounded", InvariantStatus::held, 0, ""});
  drill.invariants.push_back({"wake-up", InvariantStatus::excepted, 5, "why"});
  EXPECT_THAT(format_terminal({.tool_version = "1", .drills = {drill}}, {.width = 200}),
              HasSubstr("2 held, 1 unused, 1 excepted\n"));
}

TEST(ReportTerminal, NoTextOfADrillMovesTheCursor) {
  DrillReport drill = sample_drill();
  drill.title = drill.reasons[0] = drill.faults[1].evidence = "\033[2J\r";
  drill.section = drill.scenario = drill.replay = drill.violations[0].rows[0] = "\033[2J\r";
  const std::string text = format_terminal({.tool_version = "1", .drills = {drill}}, {});
  EXPECT_THAT(text, Not(HasSubstr("\033")));
  EXPECT_THAT(text, Not(HasSubstr("\r")));
}

TEST(ReportText, WrapsAtBlanksAndCountsCharacters) {
  EXPECT_EQ(wrapped("- ", "one two  three", 9), "- one two\n  three\n");
  EXPECT_EQ(wrapped("- ", "incomprehensibilities x", 9), "- incomprehensibilities\n  x\n");
  EXPECT_EQ(wrapped("", "\xC3\xA4\xC3\xB6 \xC3\xBC", 4), "\xC3\xA4\xC3\xB6 \xC3\xBC\n");
  EXPECT_EQ(cut("\xC3\xA4\xC3\xB6\xC3\xBC\xC3\x9F", 3), "\xC3\xA4..");
  EXPECT_EQ(cut("abc", 3), "abc");
}

}  // namespace
}  // namespace aftershock
