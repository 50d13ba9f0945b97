// The explorer: each interleaving of a small program once, and the bounds.
#include "harness/explore/explorer.h"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>
#include <string>

#include "simulator/kernel/kernel.h"

namespace aftershock {
namespace {

using namespace std::chrono_literals;
using sim::ChoicePath;
using sim::ChoiceWindow;
using sim::Kernel;
using sim::SimTime;

/// The number of ways to choose k of n.
constexpr std::uint64_t binomial(std::uint64_t n, std::uint64_t k) {
  std::uint64_t result = 1;
  for (std::uint64_t i = 1; i <= k; ++i) result = result * (n - k + i) / i;
  return result;
}

/// Fibers of so many steps each, all ready at one instant; the order of the steps.
std::string run_steps(const std::vector<int>& steps, ChoicePath& path) {
  Kernel kernel({.schedule = sim::Schedule::guided, .guide = &path});
  sim::Process& process = kernel.create_process("workers");
  std::string order;
  kernel.run([&] {
    for (std::size_t i = 0; i < steps.size(); ++i) {
      kernel.spawn(process, "worker", [&, i] {
        for (int step = 0; step < steps[i]; ++step) {
          if (step > 0) kernel.yield();
          order += static_cast<char>('a' + i);
        }
      });
    }
    kernel.sleep_until(SimTime(1s));
  });
  return order;
}

struct Explored {
  Coverage coverage;
  std::set<std::string> orders;
};

Explored explore_steps(const std::vector<int>& steps, const ExploreBounds& bounds = {},
                       const ChoiceWindow& window = {}) {
  Explored explored;
  explored.coverage = explore(bounds, [&](const Deviations& deviations) {
    ChoicePath path(window, deviations);
    explored.orders.insert(run_steps(steps, path));
    EXPECT_TRUE(path.followed());
    return Execution{path.ready_counts()};
  });
  return explored;
}

TEST(Explorer, RunsEveryInterleavingOfTwoFibersOnce) {
  for (int n = 1; n <= 6; ++n) {
    const auto steps = static_cast<std::uint64_t>(n);
    const Explored explored = explore_steps({n, n});
    EXPECT_TRUE(explored.coverage.exhausted);
    EXPECT_EQ(explored.coverage.interleavings, binomial(2 * steps, steps));
    EXPECT_EQ(explored.orders.size(), binomial(2 * steps, steps)) << "all are different";
  }
}

TEST(Explorer, RunsEveryInterleavingOfFibersOfDifferentLengthsOnce) {
  const Explored explored = explore_steps({1, 2, 3});
  EXPECT_EQ(explored.coverage.interleavings, 60U) << "6! / (1! 2! 3!)";
  EXPECT_EQ(explored.orders.size(), 60U);
}

TEST(Explorer, CountsEachChoicePointOnce) {
  const Explored explored = explore_steps({2, 2});
  // aabb, abab, abba and their mirrors: the root, after a, after ab, and the mirrors of these two.
  EXPECT_EQ(explored.coverage.interleavings, 6U);
  EXPECT_EQ(explored.coverage.choice_points, 5U);
  EXPECT_EQ(explored.coverage.most_choices, 3U);
}

TEST(Explorer, AProgramWithoutChoicesHasOneInterleaving) {
  const Explored explored = explore_steps({5});
  EXPECT_TRUE(explored.coverage.exhausted);
  EXPECT_EQ(explored.coverage.interleavings, 1U);
  EXPECT_EQ(explored.coverage.choice_points, 0U);
}

TEST(Explorer, RunsAllPathsWithFewDeviationsBeforeAnyWithMore) {
  const Explored all = explore_steps({4, 4});
  std::uint64_t before = 0;
  for (std::uint32_t deviations = 0; before < all.coverage.interleavings; ++deviations) {
    const Explored some = explore_steps({4, 4}, {.deviations = deviations});
    EXPECT_TRUE(some.coverage.exhausted) << "below the bound";
    EXPECT_EQ(some.coverage.complete_to, deviations);
    EXPECT_GT(some.coverage.interleavings, before);
    const Explored cut = explore_steps({4, 4}, {.executions = some.coverage.interleavings});
    EXPECT_EQ(cut.orders, some.orders);
    before = some.coverage.interleavings;
  }
  EXPECT_EQ(before, all.coverage.interleavings);
}

TEST(Explorer, StopsAtItsExecutionsAndSaysWhatIsComplete) {
  const Explored cut = explore_steps({4, 4}, {.executions = 30});
  EXPECT_FALSE(cut.coverage.exhausted);
  EXPECT_EQ(cut.coverage.interleavings, 30U);
  EXPECT_EQ(cut.orders.size(), 30U);
  EXPECT_EQ(cut.coverage.complete_to, 2U);
  EXPECT_FALSE(explore_steps({4, 4}, {.executions = 0}).coverage.complete_to);
}

TEST(Explorer, KeepsToTheDepthOfTheWindow) {
  const Explored shallow = explore_steps({4, 4}, {}, {.depth = 3});
  EXPECT_TRUE(shallow.coverage.exhausted);
  EXPECT_EQ(shallow.coverage.interleavings, 8U);
  EXPECT_EQ(shallow.coverage.most_choices, 3U);
  const Explored outside = explore_steps({4, 4}, {}, {.from = SimTime(1ms)});
  EXPECT_EQ(outside.coverage.interleavings, 1U);
}

/// Two fibers that each read, take a turn, and write: one update is lost in some orders.
bool loses_an_update(ChoicePath& path) {
  Kernel kernel({.schedule = sim::Schedule::guided, .guide = &path});
  sim::Process& process = kernel.create_process("adders");
  int counter = 0;
  kernel.run([&] {
    for (int i = 0; i < 2; ++i) {
      kernel.spawn(process, "adder", [&] {
        kernel.yield();
        const int read = counter;
        kernel.yield();
        counter = read + 1;
      });
    }
    kernel.sleep_until(SimTime(1s));
  });
  return counter != 2;
}

TEST(Explorer, FindsEveryOrderThatLosesAnUpdateAndTheirPathsRepeatIt) {
  std::vector<Deviations> found;
  const Coverage coverage = explore({}, [&](const Deviations& deviations) {
    ChoicePath path({}, deviations);
    if (loses_an_update(path)) found.push_back(deviations);
    return Execution{path.ready_counts()};
  });
  EXPECT_TRUE(coverage.exhausted);
  EXPECT_EQ(coverage.interleavings, binomial(6, 3));
  // Both reads come before both writes, but for 20 - 4 - 4 orders in which they do not.
  EXPECT_EQ(found.size(), 12U);
  for (const Deviations& deviations : found) {
    ChoicePath path({}, deviations);
    EXPECT_TRUE(loses_an_update(path));
    EXPECT_TRUE(path.followed());
  }
}

TEST(Explorer, StopsWhenAnExecutionSaysSo) {
  const Coverage coverage = explore({}, [&](const Deviations& deviations) {
    ChoicePath path({}, deviations);
    const bool lost = loses_an_update(path);
    return Execution{path.ready_counts(), !lost};
  });
  EXPECT_FALSE(coverage.exhausted);
  EXPECT_EQ(coverage.interleavings, 1U) << "the first loses one";
}

TEST(Explorer, RefusesAProgramThatIsNotAFunctionOfItsChoices) {
  const auto execute = [](const Deviations& deviations) {
    return Execution{std::vector<std::uint32_t>(2, deviations.empty() ? 2 : 3)};
  };
  EXPECT_THROW(explore({}, execute), std::runtime_error);
}

}  // namespace
}  // namespace aftershock
