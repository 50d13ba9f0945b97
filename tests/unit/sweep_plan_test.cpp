// Which drills a sweep runs, and in which order.
#include "harness/sweep/plan.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/unit/sweep_sample.h"

namespace aftershock::sweep {
namespace {

using namespace std::chrono_literals;

std::vector<DrillKey> all_of(const SweepPlan& plan) {
  Planner planner(plan);
  std::vector<DrillKey> keys;
  while (const auto key = planner.next()) {
    keys.push_back(*key);
    planner.took(*key, 1ms);
  }
  return keys;
}

TEST(SweepPlan, HasEverySeedOfEveryScenarioOnceAndTheCanaryFirst) {
  const SweepPlan plan = sample_plan();
  const std::vector<DrillKey> keys = all_of(plan);
  EXPECT_EQ(keys.size(), 21U);
  EXPECT_EQ(std::set(keys.begin(), keys.end()).size(), 21U);
  EXPECT_EQ(keys.front(), (DrillKey{0, 1}));
  for (const DrillKey key : keys) EXPECT_TRUE(belongs(plan, key));
  EXPECT_EQ(planned_drills(plan), 20U) << "canaries are counted apart";
}

TEST(SweepPlan, ShardsShareOutEveryDrillAndEachRunsTheCanary) {
  for (const std::uint32_t of : {1U, 2U, 3U, 7U, 50U}) {
    std::map<DrillKey, int> runs;
    std::uint64_t planned = 0;
    for (std::uint32_t index = 1; index <= of; ++index) {
      SweepPlan plan = sample_plan();
      plan.shard = {index, of};
      for (const DrillKey key : all_of(plan)) ++runs[key];
      planned += *planned_drills(plan);
    }
    EXPECT_EQ(planned, 20U) << of;
    EXPECT_EQ(runs.size(), 21U) << of;
    for (const auto& [key, count] : runs) {
      EXPECT_EQ(count, key.scenario == 0 ? static_cast<int>(of) : 1) << of;
    }
  }
}

TEST(SweepPlan, AShardHasSeedsOfEveryScenario) {
  SweepPlan plan = sample_plan();
  plan.shard = {1, 2};  // as many scenarios as shards would go hand in hand by a plain index
  std::map<std::uint32_t, int> seeds;
  for (const DrillKey key : all_of(plan)) ++seeds[key.scenario];
  EXPECT_EQ(seeds, (std::map<std::uint32_t, int>{{0, 1}, {1, 5}, {2, 5}}));
}

TEST(SweepPlan, SlowDrillsDoNotStarveFastOnes) {
  SweepPlan plan = sample_plan();
  plan.seeds.count.reset();
  Planner planner(plan);
  std::map<std::uint32_t, std::chrono::nanoseconds> spent;
  for (int i = 0; i < 110; ++i) {
    const DrillKey key = *planner.next();
    const auto wall = key.scenario == 2 ? 100ms : 10ms;
    planner.took(key, wall);
    spent[key.scenario] += wall;
  }
  EXPECT_LE(std::chrono::abs(spent[1] - spent[2]), 110ms);
  EXPECT_GE(spent[1], 900ms);
}

TEST(SweepPlan, WhatRunsCountsAsIfItHadTakenItsUsualTime) {
  SweepPlan plan = sample_plan();
  Planner planner(plan);
  planner.next();  // the canary
  planner.took(*planner.next(), 10ms);
  planner.took(*planner.next(), 10ms);
  // Four workers take two of each, not four of the first.
  std::map<std::uint32_t, int> begun;
  for (int i = 0; i < 4; ++i) ++begun[planner.next()->scenario];
  EXPECT_EQ(begun, (std::map<std::uint32_t, int>{{1, 2}, {2, 2}}));
}

TEST(SweepPlan, GoesOnWithoutRepeatingWhatWasDone) {
  const SweepPlan plan = sample_plan();
  Planner planner(plan);
  for (const std::uint64_t seed : {2U, 1U, 5U}) EXPECT_TRUE(planner.done_before({1, seed}, 1ms));
  EXPECT_FALSE(planner.done_before({1, 5}, 1ms)) << "twice";
  EXPECT_FALSE(planner.done_before({1, 1}, 1ms)) << "twice";
  EXPECT_FALSE(planner.done_before({1, 11}, 1ms)) << "no such seed";
  EXPECT_FALSE(planner.done_before({3, 1}, 1ms)) << "no such scenario";
  EXPECT_FALSE(planner.done_before({0, 2}, 1ms)) << "a canary has one seed";
  std::set<std::uint64_t> left;
  while (const auto key = planner.next()) {
    if (key->scenario == 1) left.insert(key->seed);
  }
  EXPECT_EQ(left, (std::set<std::uint64_t>{3, 4, 6, 7, 8, 9, 10}));
}

TEST(SweepPlan, AnOpenRangeEndsAtTheLargestSeed) {
  SweepPlan plan = sample_plan();
  plan.seeds = {.first = ~std::uint64_t{0} - 2, .count = {}};
  EXPECT_EQ(all_of(plan).size(), 7U);
  EXPECT_FALSE(planned_drills(plan));
}

TEST(SweepPlan, TheShareThatIsRunTwiceIsTheSameForEveryShard) {
  SweepPlan plan = sample_plan();
  plan.recheck_ppm = 200'000;
  int rechecked = 0;
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    const bool here = is_rechecked(plan, {1, seed});
    rechecked += here ? 1 : 0;
    SweepPlan shard = plan;
    shard.shard = {2, 3};
    EXPECT_EQ(is_rechecked(shard, {1, seed}), here);
  }
  EXPECT_NEAR(rechecked, 200, 50);
}

}  // namespace
}  // namespace aftershock::sweep
