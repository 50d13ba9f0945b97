// What is wanted of a trace, and how its lines look.
#include "reports/trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "reports/trace_text.h"
#include "tests/unit/report_sample.h"

namespace aftershock {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr delta::RunId kRun{0x3F2A91BC00000000, 1};
constexpr delta::RunId kOtherRun{0x3F2A000000000000, 2};
constexpr delta::AttemptId kAttempt{7, 7};

Trace sample_trace() {
  Trace trace{.begin = -60s, .hosts = {"outside", "queue", "runner-0", "orchestrator-0"}};
  trace.events = {
      {.at = -60s, .step = 1, .kind = TraceKind::phase, .what = "warm-up", .text = "warm-up"},
      {.at = -1500ms,
       .step = 5,
       .kind = TraceKind::request,
       .what = "acquire",
       .host = "runner-0",
       .incarnation = 2,
       .others = {"orchestrator-0"},
       .subject = "1",
       .text = "acquire up to 2 leases -> orchestrator-0"},
      {.at = 0s,
       .step = 9,
       .kind = TraceKind::commit,
       .what = "acquire",
       .host = "orchestrator-0",
       .incarnation = 1,
       .about = {{kRun, 3, kAttempt}},
       .from = "queued",
       .to = "leased",
       .value = 4,
       .text = "acquire by runner: queued -> leased"},
      {.at = 1min,
       .step = 9,
       .kind = TraceKind::answer,
       .what = "ok",
       .host = "runner-0",
       .incarnation = 2,
       .about = {{kOtherRun, 0, {}}, {kRun, 3, kAttempt}},
       .text = "two\nlines"}};
  return trace;
}

std::vector<std::uint64_t> matching(const TraceFilter& filter) {
  std::vector<std::uint64_t> places;
  const Trace trace = sample_trace();
  for (std::size_t i = 0; i < trace.events.size(); ++i) {
    if (filter.matches(trace.events[i])) places.push_back(i);
  }
  return places;
}

std::string text_of(const TraceFilter& filter, const TraceStyle& style) {
  std::ostringstream out;
  write_text(sample_trace(), filter, style, out);
  return out.str();
}

TEST(TraceFilter, without_wishes_everything_matches) {
  EXPECT_THAT(matching({}), ElementsAre(0, 1, 2, 3));
}

TEST(TraceFilter, a_host_matches_where_it_happened_and_who_takes_part) {
  EXPECT_THAT(matching({.hosts = {"orchestrator-0"}}), ElementsAre(1, 2));
  EXPECT_THAT(matching({.hosts = {"orchestrator-0", "runner-0"}}), ElementsAre(1, 2, 3));
  EXPECT_THAT(matching({.hosts = {"orchestrator"}}), ElementsAre()) << "a name is a whole name";
}

TEST(TraceFilter, a_run_matches_by_how_its_id_begins_whatever_place_it_has_in_the_event) {
  EXPECT_THAT(matching({.runs = {"3f2a91"}}), ElementsAre(2, 3));
  EXPECT_THAT(matching({.runs = {"3f2a0"}}), ElementsAre(3));
  EXPECT_THAT(matching({.runs = {"f2a"}}), ElementsAre());
}

TEST(TraceFilter, times_are_inclusive_and_reach_into_the_warm_up) {
  EXPECT_THAT(matching({.from = -1500ms, .until = 0s}), ElementsAre(1, 2));
  EXPECT_THAT(matching({.until = -2s}), ElementsAre(0));
}

TEST(TraceFilter, all_wishes_have_to_match) {
  EXPECT_THAT(matching({.hosts = {"runner-0"}, .kinds = {TraceKind::answer}}), ElementsAre(3));
  EXPECT_THAT(matching({.kinds = {TraceKind::answer}, .until = 0s}), ElementsAre());
}

TEST(TraceText, is_one_aligned_line_an_event) {
  EXPECT_EQ(text_of({}, {.log = true}),
            "-60.000s                  phase                 warm-up\n"
            " -1.500s  runner-0#2      request               acquire up to 2 leases -> "
            "orchestrator-0\n"
            "  0.000s  orchestrator-0  commit   3f2a91bc/3   acquire by runner: queued -> leased\n"
            " 60.000s  runner-0#2      answer   3f2a0000 +1  two lines\n");
}

TEST(TraceText, has_no_column_that_nobody_needs) {
  EXPECT_EQ(text_of({.kinds = {TraceKind::phase}}, {.log = true}), "-60.000s  phase  warm-up\n");
}

TEST(TraceText, is_cut_and_coloured_only_on_a_screen) {
  std::ostringstream out;
  const TraceCount count = write_text(sample_trace(), {}, {.width = 85, .colour = true}, out);
  EXPECT_EQ(count.events, 4U);
  EXPECT_EQ(count.cut, 1U);
  EXPECT_THAT(out.str(), HasSubstr("-> orchestra..\033[0m\n"));
  EXPECT_THAT(text_of({}, {.log = true}), Not(HasSubstr("\033")));
}

TEST(TraceText, the_summary_says_the_verdict_the_digest_and_what_failed) {
  const std::string text = trace_summary(sample_drill(), sample_trace(), {2, 1}, {.width = 80});
  EXPECT_THAT(text, HasSubstr("FAIL database-outage: Database outage"));
  EXPECT_THAT(text, HasSubstr("0f1e2d3c4b5a6978 of 123456 steps"));
  EXPECT_THAT(text, HasSubstr("  - fenced-completion broke."));
  EXPECT_THAT(text, HasSubstr("2 of 4 events; lines were cut"));
}

TEST(TraceJson, is_one_object_a_line_after_one_about_the_drill) {
  std::ostringstream out;
  EXPECT_EQ(
      write_json_lines(sample_trace(), {.kinds = {TraceKind::commit}}, sample_drill(), out).events,
      1U);
  std::istringstream in(out.str());
  std::vector<nlohmann::json> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(nlohmann::json::parse(line));
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0]["format"], "aftershock-trace");
  EXPECT_EQ(lines[0]["seed"], 18'446'744'073'709'551'615U);
  EXPECT_EQ(lines[0]["begin_ns"], -60'000'000'000);
  const auto expected = nlohmann::json::parse(R"({
    "ns": 0, "time": "0.000s", "step": 9, "kind": "commit", "what": "acquire",
    "host": "orchestrator-0", "incarnation": 1, "from": "queued", "to": "leased", "value": 4,
    "about": [{"run": "3f2a91bc000000000000000000000001", "job": 3,
               "attempt": "00000000000000070000000000000007"}],
    "text": "acquire by runner: queued -> leased"})");
  EXPECT_EQ(lines[1], expected);
}

}  // namespace
}  // namespace aftershock
