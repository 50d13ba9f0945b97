// Simpler values: rounder ones, smaller ones, and always an end.
#include "harness/shrink/simpler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "core/rng.h"

namespace aftershock::shrink {
namespace {

using delta::Duration;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::Ge;
using testing::IsEmpty;
using testing::Lt;
using testing::Not;
using namespace std::chrono_literals;

/// The end of the chain that takes, each time, the first simpler value that is still good.
template <class T>
T end_of(T value, const std::function<std::vector<T>(T)>& simpler,
         const std::function<bool(T)>& good) {
  for (int steps = 0; steps < 200; ++steps) {
    const std::vector<T> all = simpler(value);
    const auto next = std::ranges::find_if(all, good);
    if (next == all.end()) return value;
    value = *next;
  }
  ADD_FAILURE() << "the chain does not end";
  return value;
}

Duration end_of_durations(Duration from, Duration least,
                          const std::function<bool(Duration)>& good) {
  return end_of<Duration>(
      from, [least](Duration now) { return simpler_durations(now, least); }, good);
}

TEST(Simpler, ADurationBecomesRoundAndAsShortAsItMay) {
  EXPECT_EQ(end_of_durations(137s, 0s, [](Duration) { return true; }), 0s);
  const Duration odd = 17s + 382ms + 918'273ns;
  EXPECT_EQ(end_of_durations(odd, 0s, [](Duration d) { return d >= 17s; }), 20s);
  EXPECT_EQ(end_of_durations(odd, 0s, [](Duration d) { return d >= 17s && d < 18s; }), 17s);
  EXPECT_EQ(end_of_durations(4min, 1ms, [](Duration d) { return d >= 90s; }), 2min);
  EXPECT_EQ(end_of_durations(odd, 0s, [odd](Duration d) { return d == odd; }), odd);
  EXPECT_THAT(simpler_durations(0s, 0s), IsEmpty());
}

TEST(Simpler, ADurationKeepsToItsLeast) {
  EXPECT_THAT(simpler_durations(90s, 45s), Each(Ge(45s)));
  EXPECT_THAT(simpler_durations(30s, 30s), IsEmpty());
}

TEST(Simpler, EveryChainOfDurationsEnds) {
  delta::Rng rng(7);
  for (int i = 0; i < 300; ++i) {
    const Duration from(rng.between(Duration{1}, 2h));
    end_of_durations(from, 0s, [&](Duration) { return rng.chance_ppm(300'000); });
  }
}

TEST(Simpler, CountsShrinkByHalvesAndThenByOne) {
  EXPECT_THAT(smaller_counts(10, 1), ElementsAre(1, 5, 9));
  EXPECT_THAT(smaller_counts(2, 1), ElementsAre(1));
  EXPECT_THAT(smaller_counts(1, 1), IsEmpty());
  EXPECT_THAT(smaller_counts(0, 0), IsEmpty());
}

TEST(Simpler, SharesOfAWorkloadGoToNothing) {
  EXPECT_THAT(smaller_shares(50'000), ElementsAre(0, 20'000));
  EXPECT_THAT(smaller_shares(10'000), ElementsAre(0));
  EXPECT_THAT(smaller_shares(0), IsEmpty());
}

TEST(Simpler, SharesOfAFaultGoToAlways) {
  EXPECT_THAT(rounder_shares(234'567), ElementsAre(1'000'000, 500'000, 300'000));
  EXPECT_THAT(rounder_shares(500'000), ElementsAre(1'000'000));
  EXPECT_THAT(rounder_shares(1'000'000), IsEmpty());
}

TEST(Simpler, RunsComeAtLongerRoundIntervals) {
  EXPECT_THAT(rarer(2s), ElementsAre(10min, 20s, 10s, 5s));
  EXPECT_THAT(rarer(5min), ElementsAre(10min));
  EXPECT_THAT(rarer(10min), IsEmpty());
}

}  // namespace
}  // namespace aftershock::shrink
