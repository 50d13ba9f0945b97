// The whole reduction with made-up oracles: minimal, deterministic, bounded, and stopped at will.
#include "harness/shrink/shrink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "harness/scenario/writer.h"
#include "tests/unit/shrink_fixture.h"

namespace aftershock::shrink {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::chrono_literals;

const FaultSpec* find_kind(const Scenario& scenario, const std::string& kind) {
  const auto found = std::ranges::find(scenario.faults, kind, &FaultSpec::kind);
  return found == scenario.faults.end() ? nullptr : &*found;
}

/// As a function of the scenario; by every chance alike.
Oracle fails_if(std::function<bool(const Scenario&)> wanted) {
  return [wanted](const Scenario& scenario, const Chance&) {
    return wanted(scenario) ? std::optional(Flaws{}) : std::nullopt;
  };
}

Options options(Oracle oracle, unsigned jobs = 1) {
  Options all;
  all.trials = {.oracle = std::move(oracle), .jobs = jobs, .stop = [] { return false; }};
  return all;
}

Oracle needs_kill_and_pause() {
  return fails_if([](const Scenario& s) {
    return find_kind(s, "process.kill") != nullptr && find_kind(s, "process.pause") != nullptr;
  });
}

TEST(Shrink, NothingIsLeftButWhatTheFailureNeeds) {
  const auto shrunk = shrink(large_scenario(), {7}, options(needs_kill_and_pause()));
  ASSERT_TRUE(shrunk);
  EXPECT_TRUE(shrunk->complete);
  const std::string text = write_scenario(shrunk->scenario);
  EXPECT_THAT(text, HasSubstr(R"(
cluster:
  orchestrators: {count: 1}
  runners: {count: 1}
workload:
  rate: 6/h
  jobs: {shape: single, duration: {min: 1s, max: 1s}}
steady_state: {warm_up: 0s}
faults:
  - fault: process.kill
    target: {role: runner, mode: one}
    at: 0s
  - fault: process.pause
    target: {role: orchestrator, mode: one}
    at: 0s
    duration: 1ms
observation: 7m
)")) << text;
  EXPECT_LT(shrunk->drills, 200U);
}

TEST(Shrink, WhatIsNeededStays) {
  const auto shrunk = shrink(
      large_scenario(), {7}, options(fails_if([](const Scenario& s) {
        const FaultSpec* slow = find_kind(s, "database.slow");
        return slow != nullptr && *slow->duration >= 25s && slow->at >= 40s &&
               slow->parameters.duration("latency") > 400ms && s.cluster.runners.count >= 3 &&
               s.workload.jobs.cancel_ppm > 0 && s.settings.sweep_interval == 3s &&
               s.runbook.size() == 3 && s.steady_state.window == 50s &&
               s.cluster.database.standbys > 0 && s.cluster.queue.delay > 0s;
      })));
  ASSERT_TRUE(shrunk);
  const std::string text = write_scenario(shrunk->scenario);
  for (const char* line :
       {"  runners: {count: 3}\n  database: {standbys: 1}\n", "  queue: {delay: 2s}\n",
        "settings: {sweep_interval: 3s}\n", "cancel: 1%}", "    at: 1m\n", "    duration: 30s\n",
        "    parameters: {latency: 500ms}\n", "window: 50s}",
        "    after: {step: s1}\n    parameters: {fault: f1}\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(Shrink, TheOutcomeDoesNotDependOnTheJobs) {
  const auto with_jobs = [](unsigned jobs) {
    return shrink(large_scenario(), {7}, options(needs_kill_and_pause(), jobs)).value();
  };
  const Shrunk one = with_jobs(1), three = with_jobs(3);
  EXPECT_EQ(write_scenario(one.scenario), write_scenario(three.scenario));
  EXPECT_EQ(one.drills, three.drills);
}

TEST(Shrink, NoDrillIsRunTwice) {
  std::vector<std::string> seen;
  const auto oracle = [&seen](const Scenario& scenario, const Chance& chance) {
    seen.push_back(std::to_string(chance.seed) + write_scenario(scenario));
    return scenario.faults.size() >= 2 ? std::optional(Flaws{}) : std::nullopt;
  };
  Options all = options(oracle);
  all.others = {1, 2};
  const auto shrunk = shrink(large_scenario(), {7}, std::move(all));
  ASSERT_TRUE(shrunk);
  EXPECT_EQ(shrunk->drills, seen.size());
  std::ranges::sort(seen);
  EXPECT_EQ(std::ranges::adjacent_find(seen), seen.end());
}

TEST(Shrink, OtherSeedsAreTriedWhereItsOwnPasses) {
  // As if another cluster drew other things: with one runner only seed 2 fails.
  const auto oracle = [](const Scenario& s, const Chance& chance) -> std::optional<Flaws> {
    if (find_kind(s, "process.kill") == nullptr) return std::nullopt;
    const bool fails = s.cluster.runners.count > 1 ? chance.seed == 7 : chance.seed == 2;
    return fails ? std::optional(Flaws{}) : std::nullopt;
  };
  Options all = options(oracle);
  all.others = {1, 2, 3};
  const auto shrunk = shrink(large_scenario(), {7}, std::move(all));
  ASSERT_TRUE(shrunk);
  EXPECT_EQ(shrunk->chance.seed, 2U);
  EXPECT_EQ(shrunk->scenario.cluster.runners.count, 1U);
  EXPECT_EQ(shrunk->scenario.faults.size(), 1U);
}

TEST(Shrink, TheFirstOfTheOtherSeedsIsTakenIfAllFail) {
  Options all = options(needs_kill_and_pause());
  all.others = {1, 2};
  EXPECT_EQ(shrink(large_scenario(), {7}, std::move(all))->chance.seed, 1U);
}

TEST(Shrink, TheDefaultScheduleIsTakenIfItFails) {
  const auto end = [](Oracle oracle, const std::string& schedule) {
    return shrink(large_scenario(), {7, schedule}, options(std::move(oracle)))->chance.schedule;
  };
  EXPECT_EQ(end(needs_kill_and_pause(), "pct:3@1ms"), "random");
  EXPECT_EQ(end(needs_kill_and_pause(), "round-robin"), "random");
  const auto not_random = [](const Scenario&, const Chance& chance) {
    return chance.schedule.starts_with("pct") ? std::optional(Flaws{}) : std::nullopt;
  };
  EXPECT_EQ(end(not_random, "pct:3@1ms"), "pct:1");
}

TEST(Shrink, ChoicesOfAScheduleAreLeftOut) {
  const auto oracle = [](const Scenario&, const Chance& chance) {
    return chance.schedule.find("13=2") != std::string::npos ? std::optional(Flaws{})
                                                             : std::nullopt;
  };
  const auto shrunk =
      shrink(large_scenario(), {7, "choices:30s:4=1,13=2,40=1,77=3"}, options(oracle));
  ASSERT_TRUE(shrunk);
  EXPECT_EQ(shrunk->chance.schedule, "choices:30s:13=2");
}

TEST(Shrink, FlawsNeverGrow) {
  // A single runner makes it doubtful; fewer than two orchestrators breach an objective, which it
  // does anyway as long as the database is slow.
  const auto oracle = [](const Scenario& s, const Chance&) -> std::optional<Flaws> {
    Flaws flaws;
    if (s.cluster.runners.count < 2) ++flaws.doubts;
    if (s.cluster.orchestrators.count < 2) ++flaws.others;
    if (find_kind(s, "database.slow") != nullptr) ++flaws.others;
    return flaws;
  };
  const auto shrunk = shrink(large_scenario(), {7}, options(oracle));
  ASSERT_TRUE(shrunk);
  EXPECT_EQ(shrunk->scenario.cluster.runners.count, 2U);
  EXPECT_EQ(shrunk->scenario.cluster.orchestrators.count, 2U);
  EXPECT_EQ(shrunk->scenario.faults.size(), 1U) << "a drill needs one";
}

TEST(Shrink, ManySeedsAreTriedBeforeAFaultIsNeeded) {
  // Without the slow database only seed 9 fails.
  const auto oracle = [](const Scenario& s, const Chance& chance) -> std::optional<Flaws> {
    const bool fails = find_kind(s, "process.kill") != nullptr &&
                       (find_kind(s, "database.slow") != nullptr || chance.seed == 9);
    return fails ? std::optional(Flaws{}) : std::nullopt;
  };
  Options all = options(oracle);
  for (std::uint64_t seed = 1; seed <= 10; ++seed) all.others.push_back(seed);
  const auto shrunk = shrink(large_scenario(), {77}, std::move(all));
  ASSERT_TRUE(shrunk);
  EXPECT_EQ(shrunk->scenario.faults.size(), 1U);
  EXPECT_EQ(shrunk->chance.seed, 9U);
}

TEST(Shrink, WhatDoesNotFailIsNotShrunk) {
  EXPECT_FALSE(
      shrink(large_scenario(), {7}, options(fails_if([](const Scenario&) { return false; }))));
}

TEST(Shrink, StoppedItHasTheBestSoFar) {
  std::atomic<std::size_t> drills = 0;
  Options all = options([&drills](const Scenario& s, const Chance& chance) {
    ++drills;
    return needs_kill_and_pause()(s, chance);
  });
  all.trials.stop = [&drills] { return drills >= 12; };
  const auto shrunk = shrink(large_scenario(), {7}, std::move(all));
  ASSERT_TRUE(shrunk);
  EXPECT_FALSE(shrunk->complete);
  EXPECT_EQ(drills, 12U);
  EXPECT_LT(shrunk->scenario.faults.size(), 5U);
  EXPECT_NE(find_kind(shrunk->scenario, "process.kill"), nullptr);
}

TEST(Shrink, ProgressSaysWhatIsTriedAndHowSmallItIs) {
  std::vector<std::string> aspects;
  std::size_t faults = 5;
  Options all = options(needs_kill_and_pause());
  all.progress = [&](const Step& step) {
    aspects.push_back(step.aspect);
    EXPECT_LE(step.smallest.faults.size(), faults);
    faults = step.smallest.faults.size();
    EXPECT_LE(step.since_success, step.drills);
  };
  ASSERT_TRUE(shrink(large_scenario(), {7}, std::move(all)));
  EXPECT_THAT(aspects, testing::IsSupersetOf({"faults", "runners", "the workload's rate"}));
}

}  // namespace
}  // namespace aftershock::shrink
