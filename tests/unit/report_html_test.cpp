// report.html: all that it must say, in words and without its script; hostile texts.
#include "reports/html/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "reports/audit.h"
#include "reports/html/escape.h"
#include "reports/html/markup.h"
#include "tests/unit/report_sample.h"

namespace aftershock {
namespace {

using testing::HasSubstr;
using testing::Not;

Report sample_report() {
  Report report;
  report.tool_version = "0.1.0";
  report.drills = {passed_drill(), sample_drill()};
  report.occasion = sample_occasion();
  return report;
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

/// The page without its style, its scripts and the terms of the library.
std::string words_of(const Report& report) {
  const std::string page = format_html(report);
  const std::size_t body = page.find("<body>");
  return page.substr(body, page.find("<!--", body) - body);
}

/// The text of a report's page in which one drill says this in each of its texts.
std::string page_that_says(const std::string& text) {
  Report report = sample_report();
  DrillReport& drill = report.drills[1];
  for (std::string* field :
       {&drill.scenario, &drill.title, &drill.document, &drill.section, &drill.path, &drill.system,
        &drill.rationale, &drill.cluster, &drill.world, &drill.replay}) {
    *field = text;
  }
  drill.reasons = {text};
  drill.faults[0].id = drill.faults[0].evidence = drill.faults[0].targets[0] = text;
  drill.runbook[0].id = drill.runbook[0].outcome = text;
  drill.activity.series[0].name = drill.activity.series[0].unit = text;
  drill.activity.leases[0].runner = drill.activity.leases[0].attempt = text;
  drill.activity.leases[0].ended = text;
  drill.violations[0].message = drill.violations[0].rows[0] = text;
  report.occasion.attestation->plan = text;
  report.occasion.changes->changes[0].before = text;
  report.occasion.history[0].scenario = text;
  return words_of(report);
}

TEST(ReportHtml, HasEverySectionWithAHeadingAndALink) {
  const std::string page = words_of(sample_report());
  for (int i = 0; i <= static_cast<int>(Section::recheck); ++i) {
    const auto section = static_cast<Section>(i);
    const std::string id(id_of(section));
    EXPECT_EQ(count_of(page, "<section id=\"" + id + "\""), 1U) << id;
    EXPECT_THAT(page, HasSubstr("<a href=\"#" + id + "\">")) << id;
    EXPECT_THAT(page, HasSubstr("\">" + std::string(title_of(section)) + "</h2>"));
  }
  EXPECT_EQ(count_of(page, "<h1>"), 1U);
}

TEST(ReportHtml, StartsWithTheVerdictAndTheBlanks) {
  Report report = sample_report();
  EXPECT_THAT(words_of(report), HasSubstr("attested by Ada Example on 2026-11-29"));
  report.occasion.attestation->approved_by = "";
  report.occasion.attestation->findings.clear();
  const std::string page = words_of(report);
  EXPECT_THAT(page, HasSubstr("DRAFT: 2 blanks to fill"));
  EXPECT_THAT(page, HasSubstr("<span class=\"blank\">Blank: Who approved it</span>"));
  EXPECT_EQ(count_of(page, "class=\"blank\""), 2U);
  EXPECT_THAT(page, HasSubstr("2 drills: 1 passed, 1 failed."));
  EXPECT_LT(page.find("id=\"summary\""), page.find("id=\"drills\""));
  report.occasion.attestation.reset();
  EXPECT_THAT(words_of(report), HasSubstr("DRAFT: 18 blanks to fill"));
}

TEST(ReportHtml, AReportWithoutDrillsProvesNothing) {
  const std::string page = words_of(Report{});
  EXPECT_THAT(page, HasSubstr("No drill was run: this report proves nothing."));
  EXPECT_THAT(page, HasSubstr("INCONCLUSIVE"));
  EXPECT_THAT(page, Not(HasSubstr("No acknowledged write was lost")));
}

TEST(ReportHtml, DrillsThatDidNotPassAreOpen) {
  const std::string page = words_of(sample_report());
  EXPECT_THAT(page, HasSubstr("id=\"drill-1\" data-system=\"delta-ci\" data-verdict=\"pass\">"));
  EXPECT_THAT(
      page, HasSubstr("id=\"drill-2\" data-system=\"delta-ci\" data-verdict=\"fail\" open=\"\">"));
}

TEST(ReportHtml, SaysOfEachInvariantHowItEnded) {
  const std::string page = words_of(sample_report());
  EXPECT_THAT(page, HasSubstr("</span>violated</span>"));
  EXPECT_THAT(page, HasSubstr("</span>excepted</span>"));
  EXPECT_THAT(page, HasSubstr("The queue is gone for good."));
  EXPECT_THAT(page, HasSubstr("</span>unused</span>"));
  EXPECT_THAT(page, HasSubstr("fenced-completion broke at 1m2.3s"));
  EXPECT_THAT(page, HasSubstr("attempt 1a2b3c4d epoch 2 succeeded"));
  EXPECT_THAT(page, HasSubstr("01:02.345 completed by epoch 1"));
}

TEST(ReportHtml, HasEveryFigureOfTheRecoveryInWords) {
  const std::string page = words_of(sample_report());
  EXPECT_THAT(page, HasSubstr("[4m29.5s, 4m30s], 2m assumed"));
  EXPECT_THAT(page, HasSubstr("Of RTA&#39;s upper bound 4m30s, 2m are assumed, 44 %"));
  EXPECT_THAT(page, HasSubstr("An alert detected it 20s after t0."));
  EXPECT_THAT(page, HasSubstr("Queue depth: at most 12 at -50s, and 1 value nobody could read."));
  EXPECT_THAT(page, HasSubstr("A gap in a line: nobody could read that value then."));
  EXPECT_THAT(page, HasSubstr("3 later leases are left out here."));
  EXPECT_THAT(page, HasSubstr("1a2b3c4d5e6f70819203a4b5c6d7e8f9"));
}

TEST(ReportHtml, FiguresOfTwoWorldsAreNeverInOneTable) {
  Report report = sample_report();
  report.drills[1].world = "live";
  const std::string page = words_of(report);
  EXPECT_EQ(count_of(page, "<caption>Objectives against actuals, simulated."), 1U);
  EXPECT_EQ(count_of(page, "<caption>Objectives against actuals, live."), 1U);
  EXPECT_EQ(count_of(page, "<caption>Compliance by system, live"), 1U);
  EXPECT_THAT(page, HasSubstr("Figures are simulated and live."));
}

TEST(ReportHtml, TheSameReportGivesTheSameBytes) {
  EXPECT_EQ(format_html(sample_report()), format_html(sample_report()));
}

TEST(ReportHtml, RefersToNothingOutsideOfItself) {
  const std::string page = format_html(sample_report());
  for (const char* part : {"src=", "<link", "@import", "url(", "href=\"http", "href=\"//"}) {
    EXPECT_THAT(page.substr(page.find("<body>"), page.find("<!--") - page.find("<body>")),
                Not(HasSubstr(part)));
  }
  EXPECT_THAT(page,
              HasSubstr("http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                        "script-src 'sha256-"));
  EXPECT_THAT(page, Not(HasSubstr("unsafe-inline")));
  EXPECT_EQ(count_of(page, "<script>"), 2U);
}

TEST(ReportHtml, KeepsTheTermsOfTheChartLibrary) {
  const std::string page = format_html(sample_report());
  EXPECT_THAT(page, HasSubstr("Copyright (c) 2014-2022 Chart.js Contributors"));
  EXPECT_THAT(page, HasSubstr("Permission is hereby granted, free of charge"));
}

TEST(ReportHtml, ATableHasACaptionAndHeaders) {
  const std::string page = words_of(sample_report());
  EXPECT_EQ(count_of(page, "<table"), count_of(page, "<table><caption>"));
  EXPECT_EQ(count_of(page, "<th"), count_of(page, "<th scope=\"") + count_of(page, "<thead>"));
  EXPECT_EQ(count_of(page, "<canvas"), count_of(page, "<canvas role=\"img\" aria-label=\""));
}

TEST(ReportHtml, HostileMarkupShowsAsText) {
  const std::string page = page_that_says("<b onclick=\"x()\">&amp;</b></script><!--'");
  EXPECT_THAT(page, Not(HasSubstr("<b ")));
  EXPECT_THAT(page, Not(HasSubstr("<!--")));
  EXPECT_THAT(page, HasSubstr("&lt;b onclick=&quot;x()&quot;&gt;&amp;amp;&lt;/b&gt;"));
  EXPECT_EQ(count_of(page, "<script"), 2U);
  EXPECT_EQ(count_of(page, "</script"), 2U);
}

TEST(ReportHtml, ControlAndUnseenCharactersAreMadeVisible) {
  const std::string page = page_that_says(
      "a\x1b[31m\xE2\x80\xAE"
      "b\xC2\x85\xFF\xEF\xBB\xBF\r");
  for (const char* hidden : {"\x1b", "\xE2\x80\xAE", "\xC2\x85", "\xFF", "\xEF\xBB\xBF", "\r"}) {
    EXPECT_THAT(page, Not(HasSubstr(hidden)));
  }
  EXPECT_THAT(page, HasSubstr("a\xEF\xBF\xBD[31m\\u{202E}b\xEF\xBF\xBD\xEF\xBF\xBD\\u{FEFF}"));
}

TEST(ReportHtml, AMegabyteOfTextIsCutWithANote) {
  const std::string page = page_that_says(std::string(1U << 20U, 'x'));
  EXPECT_LT(page.size(), 400'000U);
  EXPECT_THAT(page,
              HasSubstr("[... cut: the first 4,096 of 1,048,576 bytes; the JSON of this report"));
}

TEST(HtmlEscape, OrdinaryTextOfAnyLanguageStays) {
  const std::string text =
      "Gr\xC3\xB6\xC3\x9F"
      "e \xE6\x97\xA5\xE6\x9C\xAC \xF0\x9F\x98\x80 100 %";
  EXPECT_EQ(html::escaped(text), text);
  EXPECT_EQ(html::escaped("two\nlines\tand a tab"), "two\nlines and a tab");
  EXPECT_EQ(html::escaped(""), "");
}

TEST(HtmlEscape, ACutIsBetweenCharacters) {
  EXPECT_EQ(
      html::visible("\xC3\xB6\xC3\xB6\xC3\xB6", 3),
      "\xC3\xB6\xC3\xB6 [... cut: the first 4 of 6 bytes; the JSON of this report has all of it]");
}

TEST(HtmlEscape, JsonInAScriptCannotEndIt) {
  const nlohmann::ordered_json json{{"text", "</script><!--&"}};
  const std::string text = html::script_json(json);
  EXPECT_EQ(text, R"({"text":"\u003c/script\u003e\u003c!--\u0026"})");
  EXPECT_EQ(nlohmann::ordered_json::parse(text), json);
}

TEST(HtmlTable, WithoutRowsItIsNothing) {
  html::Table table("Nothing", {{"A"}, {"B"}});
  EXPECT_TRUE(table.html().empty());
  table.add({"<1>", "2"});
  EXPECT_THAT(table.html().text(), HasSubstr("<th scope=\"row\">&lt;1&gt;</th><td>2</td>"));
}

TEST(ReportHtml, OfManyFaultsTheLastAreLeftOutAndCounted) {
  Report report{.tool_version = "1", .drills = {sample_drill()}};
  FaultReport fault = report.drills[0].faults[0];
  for (int i = 0; i < 20; ++i) {
    fault.id = "nemesis-" + std::to_string(i);
    report.drills[0].faults.push_back(fault);
  }
  const std::string page = format_html(report);
  EXPECT_THAT(page, HasSubstr("rows are left out here."));
  EXPECT_THAT(page, HasSubstr("\"row\":\"outage\""));
  EXPECT_THAT(page, Not(HasSubstr("\"row\":\"fault nemesis-19\"")));
}

TEST(ReportHtml, ADrillThatStepsRestoredDidNotHealItself) {
  DrillReport drill = sample_drill();
  drill.rto.self_healed = true;
  EXPECT_THAT(format_html({.tool_version = "1", .drills = {drill}}),
              HasSubstr("by 1 step of the runbook."));
  drill.runbook.clear();
  EXPECT_THAT(format_html({.tool_version = "1", .drills = {drill}}), HasSubstr("It healed itself"));
}

}  // namespace
}  // namespace aftershock
