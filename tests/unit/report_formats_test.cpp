// What a report is drawn as for other programs and for pages of text: nothing is lost, and no text
// in it is taken for markup.
#include "reports/formats.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "reports/audit.h"
#include "reports/changes.h"
#include "reports/compliance.h"
#include "reports/markdown.h"
#include "reports/seconds.h"
#include "tests/unit/report_sample.h"

namespace aftershock {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

Report sample() {
  return {.tool_version = "1.2.3",
          .drills = {sample_drill(), passed_drill()},
          .not_run = 0,
          .occasion = sample_occasion()};
}

/// A name that every format could take for something else.
Report hostile() {
  Report report = sample();
  report.drills[0].scenario = "=cmd|'/c'!A1";
  report.drills[0].title = "<b>\"&\n| `x` \x1b[31m\xE2\x80\xAE";
  report.drills[0].reasons = {"</details><script>alert(1)</script>"};
  return report;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(ReportFormats, SecondsAreExact) {
  EXPECT_EQ(seconds_text(61s + 220ms), "61.22");
  EXPECT_EQ(seconds_text(Duration(1)), "0.000000001");
  EXPECT_EQ(seconds_text(-500ms), "-0.5");
  EXPECT_EQ(seconds_text(-90s), "-90");
  EXPECT_EQ(seconds_text(0s), "0");
}

TEST(ReportFormats, CsvHasALineForEachDrillUnderItsNames) {
  const std::vector<std::string> lines = lines_of(format_report(sample(), ReportFormat::csv));
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_THAT(lines[0], HasSubstr("scenario,system,title"));
  EXPECT_THAT(lines[1], HasSubstr("database-outage,delta-ci,Database outage; the control plane"));
  EXPECT_THAT(lines[1], HasSubstr(",fail,120,240,269.51,269.910000001,,120,breached,0,60,12.345,"));
  EXPECT_EQ(std::ranges::count(lines[0], ','), std::ranges::count(lines[1], ','));
}

TEST(ReportFormats, CsvHoldsNoFormulaAndEveryTextInOneCell) {
  const std::vector<std::string> lines = lines_of(format_report(hostile(), ReportFormat::csv));
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[1].substr(0, 3), "'=c");
  EXPECT_THAT(lines[1], HasSubstr("\"<b>\"\"& | `x` ?[31m?\""));
}

TEST(ReportFormats, PrometheusHasTheFiguresThatWereMeasured) {
  const std::string text = format_report(sample(), ReportFormat::prometheus);
  EXPECT_THAT(text, HasSubstr("aftershock_drill_rta_seconds{scenario=\"database-outage\","
                              "system=\"delta-ci\",world=\"simulated\","
                              "seed=\"18446744073709551615\",bound=\"upper\"} 269.910000001\n"));
  EXPECT_THAT(text, HasSubstr("seed=\"1\",verdict=\"pass\"} 1\n"));
  Report unseen = sample();
  unseen.drills.resize(1);
  unseen.drills[0].rto.measured.reset();
  unseen.drills[0].rto.objective.judgement = Judgement::breached;
  const std::string without = format_report(unseen, ReportFormat::prometheus);
  EXPECT_THAT(without, Not(HasSubstr("aftershock_drill_rta_seconds{")));
  EXPECT_THAT(without, HasSubstr("judgement=\"breached\"} 1\n")) << "what an alert looks at";
}

TEST(ReportFormats, JunitSaysWhichObjectiveAndInvariantFailed) {
  const std::string text = format_report(sample(), ReportFormat::junit);
  EXPECT_THAT(text, HasSubstr("name=\"RTO 2m/4m\">\n      <failure message=\"RTA [4m29.5s"));
  EXPECT_THAT(text, HasSubstr("name=\"invariant fenced-completion\">\n      <failure"));
  EXPECT_THAT(text, HasSubstr("name=\"invariant wake-up\">\n      <skipped message=\"The queue"));
  EXPECT_THAT(text, HasSubstr("<testsuite name=\"database-outage seed 1\""));
}

TEST(ReportFormats, JunitOfAnInterruptedRunIsNotGreen) {
  Report report{.tool_version = "1", .drills = {passed_drill()}, .not_run = 3};
  EXPECT_THAT(format_report(report, ReportFormat::junit),
              HasSubstr("name=\"3 drills\">\n      <error message=\"interrupted\">"));
}

TEST(ReportFormats, JunitOfADrillThatPassesHasNoFailureWhateverItsScenarioDeclares) {
  Report report = sample();
  report.drills[0].verdict = Verdict::pass;
  EXPECT_THAT(format_report(report, ReportFormat::junit), Not(HasSubstr("<failure")));
  report.drills[0].verdict = Verdict::inconclusive;
  EXPECT_THAT(format_report(report, ReportFormat::junit), HasSubstr("<error"));
}

TEST(ReportFormats, MarkdownBeginsWithVerdictDraftAndTable) {
  Report report = sample();
  report.occasion.attestation->approved_by = "";
  const std::string text = format_report(report, ReportFormat::markdown);
  EXPECT_THAT(text, testing::StartsWith("## Recovery drills: FAIL\n\n**Draft: 1 of 18 blanks"));
  EXPECT_THAT(text, HasSubstr("| FAIL | database-outage | 18446744073709551615 | 2m/4m |"));
  EXPECT_THAT(text, HasSubstr("| approved by | **to be filled** |"));
  EXPECT_THAT(text, HasSubstr("### Clause matrix"));
  EXPECT_THAT(text, HasSubstr("**worse**"));
}

TEST(ReportFormats, MarkdownSaysWhatAPassAloneDoesNot) {
  Report report = sample();
  report.drills[1].rto.objective.judgement = Judgement::met_assumed;
  report.drills[1].rpo.lost = report.drills[1].rpo.lost_after_t0 = 9;
  report.drills[1].invariants[0].status = InvariantStatus::violated;
  const std::string text = format_report(report, ReportFormat::markdown);
  EXPECT_THAT(text, HasSubstr("Of them 1 met under assumptions, 2 lost acknowledged writes (12), "
                              "1 broke a rule as declared.\n"));
  EXPECT_THAT(text, HasSubstr("| 0s, 9 lost after t0 |"));
}

TEST(ReportFormats, MarkdownOfARunThatNobodyNotedDownHasNoAudit) {
  const std::string text =
      format_report({.tool_version = "1", .drills = {passed_drill()}}, ReportFormat::markdown);
  EXPECT_THAT(text, testing::StartsWith("## Recovery drills: PASS\n\n1 drill: 1 passed"));
  EXPECT_THAT(text, Not(HasSubstr("Draft")));
  EXPECT_THAT(text, Not(HasSubstr("Clause matrix")));
}

TEST(ReportFormats, MarkdownTakesNoTextForMarkup) {
  const std::string text = format_report(hostile(), ReportFormat::markdown);
  EXPECT_THAT(text, Not(HasSubstr("<script>")));
  EXPECT_THAT(text, Not(HasSubstr("<b>")));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(ReportFormats, MarkdownOfManyDrillsStaysBelowTheLimitOfAStepSummary) {
  Report report = sample();
  report.drills.assign(5'000, sample_drill());
  for (DrillReport& drill : report.drills) drill.reasons.assign(100, std::string(5'000, 'x'));
  EXPECT_LT(format_report(report, ReportFormat::markdown).size(), 1U << 20U);
}

TEST(Compliance, CountsEachDrillOnce) {
  Report report = sample();
  report.drills.push_back(passed_drill());
  report.drills[2].system = "another";
  report.drills[2].rto.objective.judgement = Judgement::met_assumed;
  report.drills.push_back(passed_drill());
  report.drills[3].world = "live";
  const auto lines = compliance_by(&DrillReport::system, report, report.drills[0].world);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].name, "another");
  EXPECT_EQ(lines[0].counts[std::size_t(Standing::assumed)], 1U);
  EXPECT_EQ(lines[1].drills(), 2U);
  EXPECT_EQ(lines[1].passed(), 1U);
  EXPECT_EQ(lines[1].counts[std::size_t(Standing::breached)] +
                lines[1].counts[std::size_t(Standing::broken)],
            1U);
}

TEST(Markdown, TakesNoTextForMarkup) {
  EXPECT_EQ(markdown::cell("# a ~~b~~ $c$ | `d` <e>"),
            "\\# a \\~\\~b\\~\\~ \\$c\\$ \\| \\`d\\` &lt;e&gt;");
  EXPECT_EQ(markdown::cell("- a - b"), "\\- a - b");
  EXPECT_EQ(markdown::code("a|`b"), "`` a\\|`b ``");
}

TEST(Markdown, ACommandCanBeCopied) {
  const std::string command = "aftershock run " + std::string(500, 'x') + " | cat";
  EXPECT_EQ(markdown::command(command), "`" + command + "`");
}

TEST(Changes, SayWhatIsNewGoneOrWorse) {
  Report before = sample();
  Report now = sample();
  before.drills = {passed_drill(), passed_drill()};
  before.drills[1].scenario = "gone";
  now.drills = {passed_drill(), passed_drill()};
  now.drills[0].rto.measured->upper = 70s;
  now.drills[0].sha256 = std::string(64, 'c');
  now.drills[1].scenario = "new";
  const ChangesReport changes = changes_since(before, now);
  EXPECT_EQ(changes.since, "2026-11-28T09:00:00Z");
  ASSERT_EQ(changes.changes.size(), 4U);
  EXPECT_EQ(changes.changes[0].kind, ChangeKind::scenario);
  EXPECT_EQ(changes.changes[1].kind, ChangeKind::rta);
  EXPECT_EQ(changes.changes[1].after, "[1m1.1s, 1m10s]");
  EXPECT_TRUE(changes.changes[1].worse) << "more than a tenth longer";
  EXPECT_EQ(changes.changes[2].kind, ChangeKind::added);
  EXPECT_EQ(changes.changes[3].kind, ChangeKind::removed);
}

TEST(Changes, OfTheSameReportThereAreNone) {
  EXPECT_TRUE(changes_since(sample(), sample()).changes.empty());
}

TEST(Audit, AReportIsADraftUntilEveryBlankIsFilled) {
  Report report = sample();
  EXPECT_FALSE(is_draft(report));
  report.occasion.attestation->notices.clear();
  EXPECT_TRUE(is_draft(report));
  report.occasion.attestation.reset();
  EXPECT_EQ(std::ranges::count(blanks_of(report.occasion), true, &Blank::filled), 0);
}

TEST(Audit, EveryClauseIsAnsweredBySomeSection) {
  for (const Clause& clause : clause_matrix()) {
    EXPECT_FALSE(clause.answered_by.empty()) << clause.clause;
    EXPECT_FALSE(clause.person.empty()) << clause.clause;
  }
}

}  // namespace
}  // namespace aftershock
