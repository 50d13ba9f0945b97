// The kernel's building blocks: callables, timers and stacks.
#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "core/rng.h"
#include "simulator/kernel/callback.h"
#include "simulator/kernel/stack_pool.h"
#include "simulator/kernel/timer_heap.h"

namespace aftershock::sim {
namespace {

using namespace std::chrono_literals;

TEST(KernelCallback, MovesAndDestroysWhatItCapturedOnce) {
  const auto token = std::make_shared<int>(0);
  {
    Callback first = [token] { ++*token; };
    Callback second = std::move(first);
    EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move): that is what is tested
    second();
    second();
    first = std::move(second);
    first();
    EXPECT_EQ(token.use_count(), 2);
  }
  EXPECT_EQ(*token, 3);
  EXPECT_EQ(token.use_count(), 1);
}

TEST(KernelCallback, HoldsCapturesTooLargeToBeInline) {
  const auto token = std::make_shared<int>(0);
  std::array<std::uint64_t, 32> large{};
  large[31] = 41;
  {
    Callback first = [token, large] { *token = static_cast<int>(large[31]) + 1; };
    Callback second = std::move(first);
    second();
  }
  EXPECT_EQ(*token, 42);
  EXPECT_EQ(token.use_count(), 1);
}

TEST(KernelCallback, AcceptsMoveOnlyCaptures) {
  int seen = 0;
  Callback callback = [value = std::make_unique<int>(5), &seen] { seen = *value; };
  Callback moved = std::move(callback);
  moved();
  EXPECT_EQ(seen, 5);
}

/// Arms, disarms and pops at random beside a std::set that says what must come out.
TEST(KernelTimerHeap, AgreesWithAnOrderedSetOverRandomOperations) {
  delta::Rng random(11);
  std::deque<Timed> targets;
  for (int i = 0; i < 300; ++i) targets.emplace_back(Timed::Kind::event);
  TimerHeap heap;
  std::set<std::tuple<SimTime, std::uint64_t, std::size_t>> expected;
  std::vector<SimTime> when(targets.size());
  for (int i = 0; i < 50'000; ++i) {
    const std::size_t index = random.below(targets.size());
    Timed& target = targets[index];
    if (target.armed == 0) {
      when[index] = SimTime(delta::Duration(static_cast<std::int64_t>(random.below(50))));
      heap.arm(when[index], target);
      expected.emplace(when[index], target.armed, index);
    } else if (random.below(2) == 0) {
      expected.erase({when[index], target.armed, index});
      heap.disarm(target);
    } else {
      ASSERT_TRUE(heap.any());
      const auto [time, sequence, first] = *expected.begin();
      ASSERT_EQ(heap.next(), time);
      ASSERT_EQ(&heap.pop(), &targets[first]);
      expected.erase(expected.begin());
    }
    ASSERT_EQ(heap.any(), !expected.empty());
    ASSERT_LE(heap.size(), 2 * targets.size());
  }
}

TEST(KernelStackPool, GivesDisjointStacksAndReusesThem) {
  StackPool pool(16 * 1024);
  std::vector<Stack> stacks;
  for (int i = 0; i < 100; ++i) {
    stacks.push_back(pool.take());
    std::fill_n(stacks.back().bottom, stacks.back().size, static_cast<std::byte>(i));
  }
  for (std::size_t i = 0; i < stacks.size(); ++i) {
    EXPECT_EQ(stacks[i].bottom[0], static_cast<std::byte>(i));
    EXPECT_EQ(stacks[i].bottom[stacks[i].size - 1], static_cast<std::byte>(i));
  }
  const Stack last = stacks.back();
  pool.give_back(last);
  EXPECT_EQ(pool.take().bottom, last.bottom);
  EXPECT_EQ(pool.made(), 100U);
}

TEST(KernelStackPoolDeathTest, AnOverflowHitsTheGuardPage) {
  EXPECT_DEATH(
      {
        StackPool pool(16 * 1024);
        *static_cast<volatile std::byte*>(pool.take().bottom - 1) = std::byte{1};
      },
      "");
}

}  // namespace
}  // namespace aftershock::sim
