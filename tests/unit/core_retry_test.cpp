// Backoff and circuit breaker.
#include "core/retry.h"

#include <gtest/gtest.h>

namespace delta {
namespace {

constexpr std::uint64_t kMost = ~std::uint64_t{0};
constexpr MonoTime kNow{1h};

TEST(Backoff, DoublesUpToItsBound) {
  Backoff backoff({.first = 100ms, .longest = 500ms});
  const Duration lower_bounds[] = {50ms, 100ms, 200ms, 250ms, 250ms};
  for (const Duration lower : lower_bounds) EXPECT_EQ(backoff.next(0), lower);
}

TEST(Backoff, NeverWaitsLessThanHalfOrMoreThanAllOfItsBase) {
  for (std::uint64_t random = kMost - 1000; random != 1000; ++random) {
    Backoff backoff({.first = 100ns, .longest = 150ns});
    const Duration first = backoff.next(random);
    EXPECT_GE(first, 50ns);
    EXPECT_LE(first, 100ns);
    const Duration second = backoff.next(random);
    EXPECT_GE(second, 75ns);
    EXPECT_LE(second, 150ns);
  }
}

TEST(Backoff, JitterReachesBothEnds) {
  bool shortest = false;
  bool longest = false;
  for (std::uint64_t random = 0; random < 51; ++random) {
    const Duration pause = Backoff({.first = 100ns, .longest = 1s}).next(random);
    shortest |= pause == 50ns;
    longest |= pause == 100ns;
  }
  EXPECT_TRUE(shortest);
  EXPECT_TRUE(longest);
}

TEST(Backoff, StartsAgainAfterReset) {
  Backoff backoff({.first = 100ms, .longest = 5s});
  backoff.next(0);
  backoff.next(0);
  backoff.reset();
  EXPECT_EQ(backoff.next(0), 50ms);
}

CircuitBreaker opened() {
  CircuitBreaker breaker({.failures = 2, .open_for = 2s});
  breaker.failed(kNow);
  breaker.failed(kNow);
  return breaker;
}

TEST(CircuitBreaker, StaysClosedBelowItsLimit) {
  CircuitBreaker breaker({.failures = 2, .open_for = 2s});
  breaker.failed(kNow);
  EXPECT_FALSE(breaker.is_open());
  EXPECT_TRUE(breaker.allow(kNow));
  EXPECT_TRUE(breaker.allow(kNow));
}

TEST(CircuitBreaker, CountsOnlyFailuresInARow) {
  CircuitBreaker breaker({.failures = 2, .open_for = 2s});
  breaker.failed(kNow);
  breaker.succeeded();
  breaker.failed(kNow);
  EXPECT_FALSE(breaker.is_open());
}

TEST(CircuitBreaker, LetsNothingThroughWhileOpen) {
  CircuitBreaker breaker = opened();
  EXPECT_TRUE(breaker.is_open());
  EXPECT_FALSE(breaker.allow(kNow));
  EXPECT_FALSE(breaker.allow(kNow + 2s - 1ns));
}

TEST(CircuitBreaker, LetsOneProbeThroughWhenHalfOpen) {
  CircuitBreaker breaker = opened();
  EXPECT_TRUE(breaker.allow(kNow + 2s));
  EXPECT_FALSE(breaker.allow(kNow + 2s));
  EXPECT_FALSE(breaker.allow(kNow + 4s - 1ns));
}

TEST(CircuitBreaker, AllowsAnotherProbeWhenTheFirstNeverAnswers) {
  CircuitBreaker breaker = opened();
  EXPECT_TRUE(breaker.allow(kNow + 2s));
  EXPECT_TRUE(breaker.allow(kNow + 4s));
}

TEST(CircuitBreaker, OpensAgainWhenTheProbeFails) {
  CircuitBreaker breaker = opened();
  EXPECT_TRUE(breaker.allow(kNow + 2s));
  breaker.failed(kNow + 3s);
  EXPECT_TRUE(breaker.is_open());
  EXPECT_FALSE(breaker.allow(kNow + 5s - 1ns));
  EXPECT_TRUE(breaker.allow(kNow + 5s));
}

TEST(CircuitBreaker, SaysInWhichStateItIsAndHowOftenItOpened) {
  CircuitBreaker breaker({.failures = 1, .open_for = 2s});
  EXPECT_EQ(breaker.state(), BreakerState::closed);
  breaker.failed(kNow);
  EXPECT_EQ(breaker.state(), BreakerState::open);
  EXPECT_TRUE(breaker.allow(kNow + 2s));
  EXPECT_EQ(breaker.state(), BreakerState::half_open);
  breaker.failed(kNow + 3s);
  EXPECT_EQ(breaker.state(), BreakerState::open);
  EXPECT_EQ(breaker.opened(), 1U) << "a probe that fails opens nothing";
  EXPECT_TRUE(breaker.allow(kNow + 5s));
  breaker.succeeded();
  EXPECT_EQ(breaker.state(), BreakerState::closed);
  breaker.failed(kNow + 6s);
  EXPECT_EQ(breaker.opened(), 2U);
}

TEST(CircuitBreaker, ClosesWhenTheProbeSucceeds) {
  CircuitBreaker breaker = opened();
  EXPECT_TRUE(breaker.allow(kNow + 2s));
  breaker.succeeded();
  EXPECT_FALSE(breaker.is_open());
  EXPECT_TRUE(breaker.allow(kNow + 2s));
  breaker.failed(kNow + 2s);
  EXPECT_FALSE(breaker.is_open());
}

}  // namespace
}  // namespace delta
