// The generator's numbers are fixed: a seed must mean the same drill with every compiler.
#include "core/rng.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

namespace delta {
namespace {

static_assert(mix64(0) == 0xe220a8397b1dcdaf);  // SplitMix64's first number for seed 0
static_assert(mix64(~std::uint64_t{0}) == 0xe4d971771b652c20);
static_assert(hash_name("foobar") == 0x85944171f73967e8);  // FNV-1a's published example

TEST(Rng, GivesTheReferenceNumbers) {
  // Computed apart from this code, from the published xoshiro256** and SplitMix64.
  Rng rng(42);
  EXPECT_EQ(rng.next(), 0x5c8961e1f2055d33);
  EXPECT_EQ(rng.next(), 0xe182e8e848466886);
  EXPECT_EQ(rng.next(), 0x9f7313650e290a18);
  EXPECT_EQ(rng.next(), 0xe6c0f551804ef0bb);
  EXPECT_EQ(Rng(42).stream("network").next(), 0xf7878723981bd516);
  EXPECT_EQ(Rng(42).stream("network", 1).next(), 0x2bd5ea71546918b);
  Rng bounded(42);
  for (const std::uint64_t expected : {361U, 880U, 622U, 901U, 148U, 506U}) {
    EXPECT_EQ(bounded.below(1000), expected);
  }
}

TEST(Rng, StreamsDoNotShiftOneAnother) {
  const Rng root(7);
  Rng alone = root.stream("disk");
  Rng busy = root.stream("network");
  Rng beside = root.stream("disk");
  for (int i = 0; i < 100; ++i) {
    busy.next();
    EXPECT_EQ(alone.next(), beside.next());
  }
}

TEST(Rng, StreamsDifferByNameIndexAndSeed) {
  std::set<std::uint64_t> firsts;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    for (std::uint64_t index = 0; index < 10; ++index) {
      for (const char* name : {"a", "b", "network", ""}) {
        firsts.insert(Rng(seed).stream(name, index).next());
      }
    }
  }
  EXPECT_EQ(firsts.size(), 400U);
}

TEST(Rng, BelowStaysBelowAndReachesEveryValue) {
  Rng rng(1);
  std::array<int, 7> seen{};
  for (int i = 0; i < 7000; ++i) ++seen.at(rng.below(7));
  for (const int count : seen) {
    EXPECT_GT(count, 800);
    EXPECT_LT(count, 1200);
  }
  EXPECT_EQ(rng.below(1), 0U);
  EXPECT_THROW(rng.below(0), CheckFailed);
}

TEST(Rng, BetweenIncludesBothEnds) {
  Rng rng(2);
  std::set<Duration> seen;
  for (int i = 0; i < 200; ++i) seen.insert(rng.between(-2ns, 2ns));
  EXPECT_EQ(seen, (std::set<Duration>{-2ns, -1ns, 0ns, 1ns, 2ns}));
  EXPECT_EQ(rng.between(5s, 5s), 5s);
  EXPECT_THROW(rng.between(2ns, 1ns), CheckFailed);
}

TEST(Rng, ChanceIsInPartsPerMillion) {
  Rng rng(3);
  int hits = 0;
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_FALSE(rng.chance_ppm(0));
    EXPECT_TRUE(rng.chance_ppm(1'000'000));
    hits += rng.chance_ppm(250'000) ? 1 : 0;
  }
  EXPECT_GT(hits, 2300);
  EXPECT_LT(hits, 2700);
}

}  // namespace
}  // namespace delta
