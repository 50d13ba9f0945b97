// A sweep's report in its forms: nothing breaks them, and they stay small.
#include "reports/sweep_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "core/text.h"
#include "reports/html/sweep.h"
#include "reports/sweep_json.h"
#include "reports/sweep_junit.h"
#include "reports/sweep_markdown.h"
#include "reports/sweep_terminal.h"
#include "reports/sweep_words.h"

namespace aftershock {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Json = nlohmann::json;

SweepReport sample() {
  SweepReport report;
  report.tool_version = "1.2.3";
  report.build = "abc";
  report.first_seed = 1;
  report.seeds = 500;
  report.ended = "complete";
  report.not_run = 0;
  report.counts = {.drills = 1000, .passed = 997, .failed = 2, .inconclusive = 1, .violating = 2};
  report.marks = {{"lease-expired", 900, 12'345, true}, {"forced-cancel", 0, 0, true}};
  report.canaries = {{"canary", "canary.yaml", "audit-replays", 1, true, "broke audit-replays"}};
  report.findings = {{FindingKind::failure,
                      "slow",
                      "slow.yaml",
                      "invariant one-live-lease violated",
                      2,
                      {{17, 1000, "job 1 has two holders", "aftershock run slow.yaml --seed 17"},
                       {4, 2000, "job 2 has two holders", "aftershock run slow.yaml --seed 4"}}},
                     {FindingKind::inconclusive,
                      "slow",
                      "slow.yaml",
                      "the fault did not take effect",
                      1,
                      {{9, 10, "the fault did not", "aftershock run slow.yaml --seed 9"}}}};
  const SweepFigure minute{1min};
  report.scenarios = {{"fast",
                       "A fast one",
                       "fast.yaml",
                       {.drills = 500, .passed = 500},
                       166,
                       {500, minute, minute, SweepFigure{90s}, SweepFigure{12min, true}},
                       {},
                       {}},
                      {"slow",
                       "A slow one",
                       "slow.yaml",
                       {.drills = 500, .passed = 497, .failed = 2, .inconclusive = 1},
                       {},
                       {},
                       {},
                       {}}};
  report.machine = {"host", 2, {"1/1"}, 10s, 20s, 100.0};
  return report;
}

/// Whatever a path, a message or a title may hold.
SweepReport hostile() {
  SweepReport report = sample();
  const std::string evil = "<a>|`*_[x](y)&\"'\x01\xFF\n]]>\xC3\xA9";
  report.scenarios[0].name = report.scenarios[0].title = evil;
  for (SweepFinding& finding : report.findings) {
    finding.reason = finding.scenario = evil;
    finding.seeds[0].why = finding.seeds[0].replay = evil;
  }
  report.canaries[0].what = evil;
  return report;
}

/// The page without its style, its scripts and the terms of the library.
std::string words_of(const SweepReport& report) {
  const std::string page = format_sweep_html(report);
  const std::size_t body = page.find("<body>");
  return page.substr(body, page.find("<!--", body) - body);
}

TEST(SweepReport, TheTerminalShowsTheTableTheFindingsAndTheirCommands) {
  const std::string text = format_sweep_terminal(sample(), {.width = 100, .log = true});
  EXPECT_THAT(text, HasSubstr("PASS     fast      500     500     0       0         0        1m"));
  EXPECT_THAT(text, HasSubstr(">12m"));
  EXPECT_THAT(text, HasSubstr("FAILURE slow: invariant one-live-lease violated\n"
                              "    2 seeds: 17, 4\n    job 1 has two holders\n"));
  EXPECT_THAT(text, HasSubstr("\naftershock run slow.yaml --seed 17\n"));
  EXPECT_THAT(text, HasSubstr("\n1,000 drills: 997 passed, 2 failed, 1 inconclusive\n"));
  EXPECT_THAT(text,
              HasSubstr("1 of 2 claimed coverage marks reached; 100.0 drills/s on 2 workers"));
  EXPECT_THAT(text, Not(HasSubstr("ALARM")));
  SweepReport green = sample();
  green.counts = {.drills = 10, .passed = 10};
  green.findings.clear();
  EXPECT_EQ(format_sweep_terminal(green, {.only_failed = true}), "");
  green.canaries[0].seen = false;
  EXPECT_THAT(format_sweep_terminal(green, {.only_failed = true}), HasSubstr("ALARM: the canary"));
}

TEST(SweepReport, AScenarioIsInconclusiveWhenMoreThanOneInAHundredOfItsDrillsWere) {
  SweepReport report = sample();
  report.scenarios.resize(1);
  report.findings.clear();
  report.counts = {.drills = 200, .passed = 198, .inconclusive = 2};
  report.scenarios[0].counts = report.counts;
  EXPECT_EQ(verdict_of(report), "pass");
  EXPECT_THAT(format_sweep_terminal(report, {.width = 100}), HasSubstr("\nPASS "));
  report.scenarios[0].counts = {.drills = 200, .passed = 197, .inconclusive = 3};
  report.counts = report.scenarios[0].counts;
  EXPECT_EQ(verdict_of(report), "inconclusive");
  EXPECT_THAT(format_sweep_terminal(report, {.width = 100}), HasSubstr("\nINCONCLUSIVE "));
}

TEST(SweepReport, TheSummaryBeginsWithTheVerdictAndTheTable) {
  const std::string text = format_sweep_markdown(sample());
  EXPECT_THAT(text, StartsWith("## Sweep: FAIL\n\n1,000 drills: 997 passed, 2 failed, "
                               "1 inconclusive\n\n| scenario | drills |"));
  EXPECT_THAT(text, HasSubstr("| `aftershock run slow.yaml --seed 17` |"));
  EXPECT_TRUE(text.ends_with("\n<!-- machine -->100.0 drills/s on 2 workers for 10s\n"));
  SweepReport blind = sample();
  blind.canaries[0].seen = false;
  EXPECT_THAT(format_sweep_markdown(blind), HasSubstr("\n\n**the canary canary had to break"));
}

TEST(SweepReport, TheSummaryStaysSmallWhateverFailed) {
  SweepReport report = hostile();
  const SweepFinding finding = report.findings[0];
  const SweepScenario scenario = report.scenarios[0];
  for (int i = 0; i < 5000; ++i) {
    report.findings.push_back(finding);
    report.findings.back().reason = std::string(2000, '<') + std::to_string(i);
    report.findings.back().seeds[0].replay = std::string(2000, '|');
    report.scenarios.push_back(scenario);
  }
  const std::string text = format_sweep_markdown(report);
  EXPECT_LE(text.size(), kMostSummaryBytes);
  EXPECT_THAT(text, HasSubstr("and 4,902 more kinds of failure"));
  EXPECT_THAT(text, HasSubstr("more scenarios"));
  EXPECT_LE(format_sweep_terminal(report, {}).size(), 2U << 20U);
  report.scenarios.resize(100);
  EXPECT_LE(format_sweep_html(report).size(), 8U << 20U);
  EXPECT_THAT(words_of(report), HasSubstr("<p>And 4,802 more, which sweep.json has.</p>"));
}

TEST(SweepReport, NothingInARowEndsItsCell) {
  std::istringstream lines(format_sweep_markdown(hostile()));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("|")) continue;
    std::size_t bars = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '|' && (i == 0 || line[i - 1] != '\\')) ++bars;
    }
    EXPECT_TRUE(bars == 13 || bars == 6) << line;
  }
}

TEST(SweepReport, JunitHasASuiteAScenarioAndACaseAFinding) {
  const std::string xml = format_sweep_junit(sample());
  EXPECT_THAT(xml, StartsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                              "<testsuites name=\"aftershock sweep\" tests=\"4\" failures=\"1\" "
                              "errors=\"0\" skipped=\"1\">\n"));
  EXPECT_THAT(xml, HasSubstr("<testcase classname=\"fast\" name=\"every seed\"/>"));
  EXPECT_THAT(xml, HasSubstr("<failure message=\"2 seeds: 17, 4\">job 1 has two holders\n"
                             "aftershock run slow.yaml --seed 17\n"));
  EXPECT_THAT(xml, HasSubstr("<skipped message=\"1 seed: 9\">"));
  EXPECT_THAT(xml, Not(HasSubstr("time="))) << "nothing that differs from run to run";
}

TEST(SweepReport, JunitIsXmlWhateverAReasonHolds) {
  const std::string xml = format_sweep_junit(hostile());
  EXPECT_TRUE(Json::accept(Json(xml).dump())) << "it is UTF-8";
  EXPECT_EQ(xml.find('\x01'), std::string::npos);
  EXPECT_THAT(xml, Not(HasSubstr("<a>")));
  EXPECT_THAT(xml, Not(HasSubstr("]]>")));
  EXPECT_THAT(xml, HasSubstr("&lt;a&gt;|`*_[x](y)&amp;&quot;'"));
  EXPECT_THAT(xml, HasSubstr("\xC3\xA9"));
}

TEST(SweepReport, ThePageHasTheVerdictTheFiguresAndTheCommands) {
  const std::string page = words_of(sample());
  EXPECT_THAT(page, HasSubstr("1,000 drills: 997 passed, 2 failed, 1 inconclusive."));
  EXPECT_THAT(page, HasSubstr("<a href=\"#scenario-2\">slow</a>"));
  EXPECT_THAT(page, HasSubstr("<td class=\"n\">&gt;12m</td>"));
  EXPECT_THAT(page, HasSubstr("<h4>failure: invariant one-live-lease violated</h4>"));
  EXPECT_THAT(page, HasSubstr("<code>aftershock run slow.yaml --seed 4</code>"));
  EXPECT_THAT(
      page,
      HasSubstr(
          "No invariant broke that was not declared to: with 95 % confidence fewer than 1 seed in "
          "166 breaks one."));
  EXPECT_THAT(page, HasSubstr("<p>1 of 2 claimed coverage marks reached."));
  EXPECT_THAT(page, HasSubstr("\n<p id=\"machine\">100.0 drills/s on 2 workers for 10s</p>\n"));
  EXPECT_THAT(page, Not(HasSubstr("may be blind")));
  SweepReport blind = sample();
  blind.canaries[0].seen = false;
  EXPECT_THAT(words_of(blind), HasSubstr("this sweep may be blind"));
}

TEST(SweepReport, ThePageDrawsTheSpreadOfScenariosThatHaveOne) {
  const std::string page = words_of(sample());
  EXPECT_THAT(
      page,
      HasSubstr("id=\"data-rta\">{\"name\":\"Recovery time (RTA, upper bound)\","
                "\"rows\":[{\"name\":\"fast\",\"figures\":[[60000,false,\"1m\"],"
                "[60000,false,\"1m\"],[90000,false,\"1m30s\"],[720000,true,\"\\u003e12m\"]]}]}"));
  EXPECT_THAT(page, HasSubstr("1 scenario has none, or only 0s."));
  EXPECT_THAT(page, Not(HasSubstr("data-rpa"))) << "nothing was lost";
}

TEST(SweepReport, ThePageShowsHostileTextAsText) {
  const std::string page = words_of(hostile());
  EXPECT_THAT(page, Not(HasSubstr("<a>")));
  EXPECT_EQ(page.find('\x01'), std::string::npos);
  EXPECT_TRUE(delta::is_utf8(page));
  EXPECT_THAT(page, HasSubstr("&lt;a&gt;"));
  SweepReport nothing;
  nothing.ended = "interrupted";
  EXPECT_THAT(words_of(nothing),
              AllOf(HasSubstr("No scenario was swept."), HasSubstr("No drill was run.")));
}

/// What in `value` is not as `schema` says. Understands what the schema's file uses.
std::string schema_mismatch(const Json& value, const Json& schema, const Json& root,
                            const std::string& at) {
  if (schema.contains("$ref")) {
    const auto name = schema["$ref"].get<std::string>().substr(1);
    return schema_mismatch(value, root.at(Json::json_pointer(name)), root, at);
  }
  if (schema.contains("anyOf")) {
    for (const Json& choice : schema["anyOf"]) {
      if (schema_mismatch(value, choice, root, at).empty()) return "";
    }
    return at + ": none of the choices\n";
  }
  if (schema.contains("const")) return value == schema["const"] ? "" : at + ": not the constant\n";
  if (schema.contains("enum")) {
    const auto& words = schema["enum"];
    return std::find(words.begin(), words.end(), value) != words.end() ? "" : at + ": a new word\n";
  }
  const std::string type = schema.at("type");
  const bool fits = type == "object"    ? value.is_object()
                    : type == "array"   ? value.is_array()
                    : type == "string"  ? value.is_string()
                    : type == "boolean" ? value.is_boolean()
                    : type == "integer" ? value.is_number_integer()
                    : type == "number"  ? value.is_number()
                                        : value.is_null();
  if (!fits) return at + ": not of type " + type + "\n";
  std::string found;
  if (type == "array") {
    for (const Json& item : value)
      found += schema_mismatch(item, schema.at("items"), root, at + "[]");
  }
  if (type != "object") return found;
  std::set<std::string> required;
  for (const Json& key : schema.at("required")) required.insert(key);
  for (const auto& [key, member] : schema.at("properties").items()) {
    if (!required.contains(key)) found += at + "." + key + ": not required\n";
    if (!member.contains("description") && !member.contains("$ref")) {
      found += at + "." + key + ": no description\n";
    }
    if (!value.contains(key)) {
      found += at + "." + key + ": missing\n";
    } else {
      found += schema_mismatch(value[key], member, root, at + "." + key);
    }
  }
  for (const auto& [key, member] : value.items()) {
    if (!schema["properties"].contains(key)) found += at + "." + key + ": not in the schema\n";
  }
  return found + (schema.at("additionalProperties") == false ? "" : at + ": open\n");
}

TEST(SweepReport, TheJsonIsAsItsSchemaSays) {
  std::ifstream file("reports/sweep.schema.json");
  const Json schema = Json::parse(file);
  EXPECT_EQ(schema_mismatch(Json::parse(write_sweep_report(sample())), schema, schema, "report"),
            "");
  EXPECT_EQ(schema_mismatch(Json::parse(write_sweep_report(hostile())), schema, schema, "report"),
            "");
  SweepReport open = sample();
  open.seeds.reset();
  open.not_run.reset();
  open.ended = "killed";
  EXPECT_EQ(schema_mismatch(Json::parse(write_sweep_report(open)), schema, schema, "report"), "");
  Json wrong = Json::parse(write_sweep_report(sample()));
  wrong["counts"]["drills"] = "many";
  EXPECT_EQ(schema_mismatch(wrong, schema, schema, "report"),
            "report.counts.drills: not of type integer\n");
}

}  // namespace
}  // namespace aftershock
