// Two runs that part: located at the right step, with what happened around it, also when one of
// them comes from a file.
#include "harness/trace/divergence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/unit/small_drill.h"

namespace aftershock {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// Made by hand: `steps` steps a second apart with an event each, of which those from `parts_at`
/// on are another run's.
RecordedRun artificial(std::uint64_t steps, std::uint64_t parts_at) {
  RecordedRun run;
  run.name = "the run that parts at " + std::to_string(parts_at);
  run.trace.begin = -std::chrono::seconds(60);
  run.report.scenario = "artificial";
  run.report.digest = "0123456789abcdef";
  run.steps.name_fiber(1, "runner-0/work");
  for (std::uint64_t number = 1; number <= steps; ++number) {
    const bool other = number >= parts_at;
    const auto time = std::chrono::seconds(number);
    run.steps.append({number, sim::SimTime(time), sim::StepKind::draw, 1,
                      other ? 2'000 + number : number, other ? 2'000 + number : number});
    run.trace.events.push_back({.at = time + run.trace.begin,
                                .step = number,
                                .kind = TraceKind::commit,
                                .what = "start",
                                .host = "runner-0",
                                .incarnation = 1,
                                .text = (other ? "other " : "event ") + std::to_string(number)});
  }
  return run;
}

constexpr std::uint64_t kNever = 1'000;

SmallDrill killed() {
  SmallDrill drill;
  drill.disaster =
      "faults:\n  - {fault: process.kill, target: {role: runner, mode: one}, at: 10s}\n";
  return drill;
}

RecordedRun through_text(const RecordedRun& run) {
  std::stringstream text;
  write_steps(run, text);
  auto read = read_steps(text, run.name);
  EXPECT_TRUE(read) << read.error();
  return std::move(*read);
}

std::string refusal(const std::string& text) {
  std::istringstream in(text);
  const auto run = read_steps(in, "it");
  return run ? "accepted" : run.error();
}

TEST(Divergence, is_told_at_the_first_step_that_differs) {
  const std::string text =
      explain_divergence(artificial(40, kNever), artificial(50, 20), {.steps = 2, .events = 2});
  EXPECT_EQ(text,
            "The runs part at step 20, -40.000s from time 0.\n"
            "  left   the run that parts at 1000: 40 steps, digest 0123456789abcdef\n"
            "  right  the run that parts at 20: 50 steps, digest 0123456789abcdef\n"
            "\n"
            "steps in both, up to it:\n"
            "  both   #18 -42s draw by runner-0/work (1) value 18\n"
            "  both   #19 -41s draw by runner-0/work (1) value 19\n"
            "\n"
            "  left   #20 -40s draw by runner-0/work (1) value 20\n"
            "  left   #21 -39s draw by runner-0/work (1) value 21\n"
            "  right  #20 -40s draw by runner-0/work (1) value 2020\n"
            "  right  #21 -39s draw by runner-0/work (1) value 2021\n"
            "\n"
            "events in both, up to it:\n"
            "  both   -42.000s  runner-0          commit     event 18\n"
            "  both   -41.000s  runner-0          commit     event 19\n"
            "\n"
            "  left   -40.000s  runner-0          commit     event 20\n"
            "  left   -39.000s  runner-0          commit     event 21\n"
            "  right  -40.000s  runner-0          commit     other 20\n"
            "  right  -39.000s  runner-0          commit     other 21\n");
}

TEST(Divergence, of_runs_that_are_one_is_none) {
  EXPECT_EQ(explain_divergence(artificial(5, kNever), artificial(5, kNever)),
            "The runs are the same: 5 steps, digest 0123456789abcdef.\n");
}

TEST(Divergence, of_a_run_that_only_ends_sooner_is_at_its_end) {
  const std::string text = explain_divergence(artificial(5, kNever), artificial(9, kNever));
  EXPECT_THAT(text, HasSubstr("part at step 6,"));
  EXPECT_THAT(text, HasSubstr("  left   (ends after 5 steps)"));
  EXPECT_THAT(text, HasSubstr("  left   (none)"));
}

TEST(Divergence, the_first_event_that_differs_is_shown_though_the_steps_part_later) {
  RecordedRun right = artificial(40, 30);
  right.trace.events[24].text = "something else";
  const std::string text = explain_divergence(artificial(40, kNever), right, {.events = 1});
  EXPECT_THAT(text, AllOf(HasSubstr("part at step 30,"), HasSubstr("commit     event 24"),
                          HasSubstr("commit     event 25"), HasSubstr("something else")));
}

TEST(Divergence, of_two_seeds_of_one_drill_is_found) {
  const Scenario scenario = scenario_of(killed());
  const RecordedRun left = record_run(scenario, 1);
  EXPECT_THAT(explain_divergence(left, record_run(scenario, 1)), HasSubstr("are the same"));
  const std::string text = explain_divergence(left, record_run(scenario, 2));
  EXPECT_THAT(text,
              AllOf(HasSubstr("The runs part at step "), HasSubstr("seed 1 of small.yaml"),
                    HasSubstr("seed 2 of small.yaml"), Not(HasSubstr("(none)\n  right  (none)"))));
}

TEST(StepFile, comes_back_as_the_run_that_it_was) {
  const RecordedRun run = record_run(scenario_of(killed()), 1);
  const RecordedRun read = through_text(run);
  EXPECT_EQ(read.report.digest, run.report.digest);
  EXPECT_EQ(read.report.verdict, run.report.verdict);
  EXPECT_EQ(read.report.seed, 1U);
  ASSERT_EQ(read.steps.steps().size(), run.steps.steps().size());
  EXPECT_EQ(read.trace.events.size(), run.trace.events.size());
  EXPECT_EQ(read.steps.describe(read.steps.steps()[1'000]),
            run.steps.describe(run.steps.steps()[1'000]));
  EXPECT_THAT(explain_divergence(run, read), HasSubstr("are the same"));
}

TEST(StepFile, events_of_a_file_are_compared_with_those_of_a_run) {
  const std::string text =
      explain_divergence(through_text(artificial(40, kNever)), artificial(40, 20), {.events = 1});
  EXPECT_THAT(text, HasSubstr("  both   -41.000s  runner-0          commit     event 19\n"));
}

TEST(StepFile, what_is_cut_or_something_else_is_refused) {
  std::ostringstream out;
  write_steps(artificial(3, kNever), out);
  const std::string text = out.str();
  EXPECT_EQ(refusal(text), "accepted");
  EXPECT_EQ(refusal(""), "it ends after line 0, without its tail");
  EXPECT_EQ(refusal("scenario: x\n"), "line 1 is not as --format steps writes it");
  EXPECT_EQ(refusal(text.substr(0, text.rfind("end\t"))), "it ends after line 7, without its tail");
  std::string changed = text;
  changed.replace(changed.find("draw"), 4, "drew");
  EXPECT_EQ(refusal(changed), "line 2 is not as --format steps writes it");
  std::string skipped = text;
  skipped.erase(skipped.find("step\t2"), skipped.find("event\t2") - skipped.find("step\t2"));
  EXPECT_THAT(refusal(skipped), HasSubstr("is not as --format steps writes it"));
}

}  // namespace
}  // namespace aftershock
