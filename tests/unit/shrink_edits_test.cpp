// Changed scenarios stay consistent: what names something that is gone goes, or names another.
#include "harness/shrink/edits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/drill.h"
#include "harness/scenario/writer.h"
#include "tests/unit/shrink_fixture.h"
#include "tests/unit/small_drill.h"

namespace aftershock::shrink {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

Scenario read_again(const Scenario& scenario) {
  auto again = parse_scenario(write_scenario(scenario), scenario.path);
  EXPECT_TRUE(again) << (again ? "" : format_diagnostics(again.error()));
  return again.value_or(Scenario{});
}

TEST(ShrinkEdits, WrittenOutItIsTheVerySameDrill) {
  SmallDrill small;
  small.observation = "13m";
  small.disaster = R"(
faults:
  - {fault: process.kill, target: {role: runner, mode: one}, at: 10s}
  - {fault: process.kill, target: {role: runner, mode: random, value: 80%}, at: 40s}
nemesis:
  start: 20s
  length: 2m
  swarm: 100%
  faults:
    - {fault: process.kill, target: {role: orchestrator, mode: one}, every: 50s}
    - fault: network.partition
      target: {role: runner, mode: random, value: 50%}
      every: 30s
      duration: {min: 5s, max: 20s}
      parameters: {to: orchestrator})";
  const Scenario random = scenario_of(small);
  for (const std::uint64_t seed : {3U, 8U}) {
    const Scenario plain = read_again(written_out(random, seed));
    EXPECT_FALSE(plain.nemesis);
    EXPECT_THAT(write_scenario(plain), Not(HasSubstr("mode: random")));
    EXPECT_EQ(run_simulated(plain, {.seed = seed}).digest,
              run_simulated(random, {.seed = seed}).digest);
  }
}

TEST(ShrinkEdits, WhatOnlyHadToBeSafeNeedNotRecover) {
  Scenario scenario = large_scenario();
  scenario.nemesis = NemesisSpec{.start = 30s,
                                 .length = 60s,
                                 .mode = NemesisMode::kSafetyOnly,
                                 .swarm_ppm = 1'000'000,
                                 .at_once = 3,
                                 .faults = {{scenario.faults[1], 20s, {}}}};
  const Scenario plain = written_out(scenario, 1);
  EXPECT_EQ(plain.excepted_invariants.back().name, "recovers");
  EXPECT_FALSE(plain.safety_only());
}

TEST(ShrinkEdits, WithoutAFaultNobodyRepairsIt) {
  const Scenario kept = read_again(with_faults(large_scenario(), {1, 3}));
  ASSERT_EQ(kept.faults.size(), 2U);
  ASSERT_EQ(kept.runbook.size(), 3U);
  EXPECT_EQ(kept.runbook[1].parameters.count("fault"), 0U);

  const Scenario gone = read_again(with_faults(large_scenario(), {0, 3}));
  ASSERT_EQ(gone.runbook.size(), 2U);
  EXPECT_EQ(gone.runbook[1].id, "resume");
  EXPECT_EQ(gone.runbook[1].after.step, "pause-it") << "what the repair had waited for";
}

TEST(ShrinkEdits, WithoutTheFirstStepsTheLastWaitsForTheirTrigger) {
  const Scenario last = read_again(with_steps(large_scenario(), {2}));
  ASSERT_EQ(last.runbook.size(), 1U);
  EXPECT_EQ(last.runbook[0].after.alert, "DatabaseDown");
}

TEST(ShrinkEdits, FewerProcessesKeepTheirTargetsApart) {
  const Scenario large = large_scenario();
  EXPECT_EQ(named_processes(large, Role::kRunner), 4U);
  const Scenario four = read_again(with_processes(large, Role::kRunner, 4));
  EXPECT_THAT(four.faults[0].target.fixed, ElementsAre(0, 1, 2));
  EXPECT_THAT(four.faults[4].target.fixed, ElementsAre(1, 3));
  const Scenario two = read_again(with_processes(large, Role::kRunner, 2));
  EXPECT_THAT(two.faults[0].target.fixed, ElementsAre(0, 1));
  EXPECT_THAT(two.faults[4].target.fixed, ElementsAre(1));
}

TEST(ShrinkEdits, PlainIdsLeaveTheFileWithoutAny) {
  const Scenario plain = with_plain_ids(large_scenario());
  EXPECT_THAT(write_scenario(plain), Not(HasSubstr("id:")));
  const Scenario again = read_again(plain);
  EXPECT_EQ(again.runbook[2].after.step, "s2");
  EXPECT_EQ(again.runbook[1].parameters.count("fault"), 1U);
}

}  // namespace
}  // namespace aftershock::shrink
