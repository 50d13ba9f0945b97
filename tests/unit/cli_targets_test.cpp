// Which processes a fault hits, for every mode.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "harness/targets.h"

namespace aftershock {
namespace {

using Indexes = std::vector<std::uint32_t>;

TargetSpec target(TargetMode mode, std::uint32_t count = 0, std::uint32_t percent = 0,
                  const Indexes& fixed = {}) {
  return {Role::kRunner, mode, count, percent, fixed};
}

constexpr std::uint32_t kNoCount = 0;

Indexes resolve(const TargetSpec& spec, std::uint32_t population, std::uint64_t seed = 1) {
  delta::Rng rng(seed);
  return resolve_targets(spec, population, rng);
}

/// How often each result came in 600 seeds.
template <class Key>
std::map<Key, int> counted(const TargetSpec& spec, std::uint32_t population,
                           Key (*key_of)(const Indexes&)) {
  std::map<Key, int> found;
  for (std::uint64_t seed = 0; seed < 600; ++seed) ++found[key_of(resolve(spec, population, seed))];
  return found;
}

TEST(Targets, OneIsEveryProcessAboutEquallyOften) {
  const auto found =
      counted<Indexes>(target(TargetMode::kOne), 3, [](const Indexes& indexes) { return indexes; });
  ASSERT_EQ(found.size(), 3U);
  for (const auto& [indexes, times] : found) {
    ASSERT_EQ(indexes.size(), 1U);
    EXPECT_GT(times, 150) << indexes[0];
  }
}

TEST(Targets, AllIsEveryProcessAndDrawsNothing) {
  delta::Rng rng(1);
  EXPECT_EQ(resolve_targets(target(TargetMode::kAll), 4, rng), (Indexes{0, 1, 2, 3}));
  EXPECT_EQ(rng.next(), delta::Rng(1).next());
}

TEST(Targets, AListIsTakenAsWrittenAndDrawsNothing) {
  delta::Rng rng(1);
  EXPECT_EQ(resolve_targets(target(TargetMode::kFixed, kNoCount, 0, {0, 7}), 8, rng),
            (Indexes{0, 7}));
  EXPECT_EQ(rng.next(), delta::Rng(1).next());
}

TEST(Targets, AFixedNumberIsDrawnFromAllPairs) {
  const auto found = counted<Indexes>(target(TargetMode::kFixed, 2), 4,
                                      [](const Indexes& indexes) { return indexes; });
  ASSERT_EQ(found.size(), 6U) << "4 over 2";
  for (const auto& [indexes, times] : found) {
    ASSERT_EQ(indexes.size(), 2U);
    EXPECT_LT(indexes[0], indexes[1]);
    EXPECT_GT(times, 60);
  }
}

TEST(Targets, APercentageIsRoundedUpAndNeverNone) {
  const auto size = [](std::uint32_t percent, std::uint32_t population) {
    return resolve(target(TargetMode::kFixedPercent, kNoCount, percent), population).size();
  };
  EXPECT_EQ(size(1, 3), 1U);
  EXPECT_EQ(size(50, 10), 5U);
  EXPECT_EQ(size(51, 10), 6U);
  EXPECT_EQ(size(34, 3), 2U);
  EXPECT_EQ(size(100, 7), 7U);
}

TEST(Targets, RandomIsFromOneToItsPercentage) {
  const auto found = counted<std::size_t>(target(TargetMode::kRandom, kNoCount, 30), 10,
                                          [](const Indexes& indexes) { return indexes.size(); });
  ASSERT_EQ(found.size(), 3U);
  for (const auto& [size, times] : found) {
    EXPECT_GE(size, 1U);
    EXPECT_LE(size, 3U);
    EXPECT_GT(times, 140);
  }
}

TEST(Targets, EachFaultOfAScenarioHasAStreamOfItsOwn) {
  Scenario scenario;
  scenario.cluster.runners.count = 1'000;
  scenario.faults.resize(2);
  for (FaultSpec& fault : scenario.faults) fault.target = target(TargetMode::kOne);
  const Indexes second = resolve_fault_targets(scenario, 1, 7);
  EXPECT_NE(resolve_fault_targets(scenario, 0, 7), second);
  EXPECT_NE(resolve_fault_targets(scenario, 1, 8), second);
  scenario.faults[0].target.mode = TargetMode::kAll;  // what the first draws moves no other
  EXPECT_EQ(resolve_fault_targets(scenario, 1, 7), second);
}

TEST(Targets, ATargetBeyondThePopulationIsTheCallersMistake) {
  EXPECT_THROW(resolve(target(TargetMode::kFixed, kNoCount, 0, {3}), 3), delta::CheckFailed);
  EXPECT_THROW(resolve(target(TargetMode::kFixed, 4), 3), delta::CheckFailed);
}

TEST(Targets, AreNamedAsTheClusterNamesItsProcesses) {
  EXPECT_EQ(target_name(Role::kRunner, 3), "runner-3");
  EXPECT_EQ(target_name(Role::kOrchestrator, 0), "orchestrator-0");
  EXPECT_EQ(target_name(Role::kDatabase, 0), "database");
}

}  // namespace
}  // namespace aftershock
