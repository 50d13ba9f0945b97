// The kernel's clock, its timers and events, and the order in which fibers get their turns.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "simulator/kernel/kernel.h"

namespace aftershock::sim {
namespace {

using namespace std::chrono_literals;

constexpr SimTime at_time(delta::Duration since_start) { return SimTime(since_start); }

/// Which of six fibers that are ready together had a turn, in order.
std::string order_of_turns(KernelOptions options) {
  Kernel kernel(options);
  std::string order;
  kernel.run([&] {
    for (char name = 'a'; name <= 'f'; ++name) {
      kernel.spawn(kernel.main_process(), "worker", [&order, &kernel, name] {
        order += name;
        kernel.yield();
        order += name;
      });
    }
    kernel.sleep_until(at_time(1s));
  });
  return order;
}

TEST(KernelTime, StartsAtZeroAndJumpsToTheNextTimer) {
  Kernel kernel({});
  EXPECT_EQ(kernel.now(), at_time(0s));
  std::vector<SimTime> seen;
  kernel.run([&] {
    seen.push_back(kernel.now());
    kernel.sleep_until(at_time(30 * 24h));
    seen.push_back(kernel.now());
  });
  EXPECT_EQ(seen, (std::vector{at_time(0s), at_time(30 * 24h)}));
}

TEST(KernelTime, ASleepIntoThePastLetsOthersHaveATurnAndMovesNoClock) {
  Kernel kernel({.schedule = Schedule::round_robin});
  std::string order;
  kernel.run([&] {
    kernel.sleep_until(at_time(5s));
    kernel.spawn(kernel.main_process(), "other", [&] { order += "other "; });
    kernel.sleep_until(at_time(1s));
    order += "main";
    EXPECT_EQ(kernel.now(), at_time(5s));
  });
  EXPECT_EQ(order, "other main");
}

TEST(KernelTime, TimersEndInTheOrderOfTheirTimes) {
  Kernel kernel({.seed = 7});
  std::vector<std::int64_t> woken;
  kernel.run([&] {
    for (const int delay : {5, 1, 4, 2, 3, 9, 8, 7, 6}) {
      kernel.spawn(kernel.main_process(), "sleeper", [&kernel, &woken, delay] {
        kernel.sleep_until(SimTime(std::chrono::milliseconds(delay)));
        woken.push_back(kernel.now().time_since_epoch() / 1ms);
      });
    }
    kernel.sleep_until(at_time(1s));
  });
  EXPECT_EQ(woken, (std::vector<std::int64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST(KernelTime, EventsOfOneInstantRunInTheOrderInWhichTheyWereMade) {
  Kernel kernel({.seed = 3});
  std::string order;
  kernel.at(at_time(2s), [&] { order += "c"; });
  kernel.at(at_time(1s), [&] { order += "a"; });
  kernel.at(at_time(1s), [&] { order += "b"; });
  kernel.at(at_time(2s), [&] { order += "d"; });
  kernel.run([&] { kernel.sleep_until(at_time(3s)); });
  EXPECT_EQ(order, "abcd");
}

TEST(KernelTime, AnEventOfNowRunsBeforeTheNextFiber) {
  Kernel kernel({.schedule = Schedule::round_robin});
  std::string order;
  kernel.run([&] {
    kernel.spawn(kernel.main_process(), "ready", [&] { order += "fiber "; });
    kernel.at(kernel.now(), [&] {
      order += "event ";
      kernel.at(kernel.now(), [&] { order += "its event "; });
    });
    order += "main ";
    kernel.yield();
  });
  EXPECT_EQ(order, "main event its event fiber ");
}

TEST(KernelTime, RoundRobinTakesTheFiberThatIsReadyLongest) {
  EXPECT_EQ(order_of_turns({.schedule = Schedule::round_robin}), "abcdefabcdef");
}

TEST(KernelTime, TheSeedDecidesWhichReadyFiberIsNext) {
  EXPECT_EQ(order_of_turns({.seed = 1}), order_of_turns({.seed = 1}));
  bool differs = false;
  for (std::uint64_t seed = 2; seed < 6; ++seed) {
    differs = differs || order_of_turns({.seed = seed}) != order_of_turns({.seed = 1});
  }
  EXPECT_TRUE(differs);
}

TEST(KernelTime, FibersDueAtOneInstantAreChosenAmongBySeed) {
  const auto first_woken = [](std::uint64_t seed) {
    Kernel kernel({.seed = seed});
    std::string woken;
    kernel.run([&] {
      for (const char* name : {"a", "b", "c"}) {
        kernel.spawn(kernel.main_process(), name, [&kernel, &woken, name] {
          kernel.sleep_until(at_time(1s));
          woken += name;
        });
      }
      kernel.sleep_until(at_time(2s));
    });
    return woken.substr(0, 1);
  };
  std::string all;
  for (std::uint64_t seed = 0; seed < 40; ++seed) all += first_woken(seed);
  for (const char name : {'a', 'b', 'c'}) EXPECT_NE(all.find(name), std::string::npos) << all;
}

TEST(KernelTime, ANotifiedWaitIsTrueAndItsTimerIsGone) {
  Kernel kernel({});
  WaitQueue queue;
  kernel.run([&] {
    kernel.at(at_time(1s), [&] { EXPECT_TRUE(queue.notify_one()); });
    EXPECT_TRUE(kernel.wait(queue, at_time(10s)));
    EXPECT_EQ(kernel.now(), at_time(1s));
    // If the first deadline still stood, it would end this wait early.
    EXPECT_FALSE(kernel.wait(queue, at_time(20s)));
    EXPECT_EQ(kernel.now(), at_time(20s));
    EXPECT_FALSE(queue.notify_one());
  });
}

TEST(KernelTime, WaitersAreNotifiedFirstComeFirstServed) {
  Kernel kernel({.schedule = Schedule::round_robin});
  WaitQueue queue;
  std::string order;
  kernel.run([&] {
    for (const char* name : {"a", "b", "c"}) {
      kernel.spawn(kernel.main_process(), name, [&kernel, &queue, &order, name] {
        if (kernel.wait(queue, kForever)) order += name;
      });
    }
    kernel.sleep_until(at_time(1s));
    queue.notify_one();
    kernel.sleep_until(at_time(2s));
    EXPECT_EQ(order, "a");
    EXPECT_EQ(queue.notify_all(), 2U);
    kernel.sleep_until(at_time(3s));
  });
  EXPECT_EQ(order, "abc");
}

TEST(KernelTime, AWaitQueueMayGoWhileFibersWaitInIt) {
  Kernel kernel({});
  bool notified = true;
  kernel.run([&] {
    auto queue = std::make_unique<WaitQueue>();
    kernel.spawn(kernel.main_process(), "waiter",
                 [&] { notified = kernel.wait(*queue, at_time(2s)); });
    kernel.sleep_until(at_time(1s));
    queue.reset();
    kernel.sleep_until(at_time(3s));
  });
  EXPECT_FALSE(notified);
}

TEST(KernelTime, CancelledTimersDoNotPileUp) {
  Kernel kernel({});
  WaitQueue queue;
  std::size_t most = 0;
  kernel.run([&] {
    kernel.spawn(kernel.main_process(), "waiter", [&] {
      while (kernel.wait(queue, kernel.now() + 1h)) most = std::max(most, kernel.timers());
    });
    for (int i = 0; i < 10'000; ++i) {
      kernel.sleep_until(kernel.now() + 1us);
      queue.notify_one();
    }
  });
  EXPECT_GT(most, 0U);
  EXPECT_LE(most, 64U);
}

TEST(KernelTime, StreamsAreIndependentOfEachOtherAndOfTheSchedule) {
  const Kernel kernel({.seed = 5});
  const Kernel other({.seed = 6});
  delta::Rng first = kernel.stream("network");
  EXPECT_EQ(first.next(), kernel.stream("network").next());
  EXPECT_NE(kernel.stream("network").next(), kernel.stream("disk").next());
  EXPECT_NE(kernel.stream("network", 0).next(), kernel.stream("network", 1).next());
  EXPECT_NE(kernel.stream("network").next(), other.stream("network").next());
}

TEST(KernelTime, SuspendingOutsideAFiberIsRefused) {
  Kernel kernel({});
  EXPECT_THROW(kernel.yield(), delta::CheckFailed);
  kernel.at(at_time(1s), [&] { kernel.sleep_until(at_time(2s)); });
  EXPECT_THROW(kernel.run([&] { kernel.sleep_until(at_time(3s)); }), KernelPanic);
}

TEST(KernelTime, TenThousandFibersSleepAtOnce) {
  Kernel kernel({});
  std::size_t done = 0;
  kernel.run([&] {
    for (int i = 0; i < 10'000; ++i) {
      kernel.spawn(kernel.main_process(), "sleeper", [&] {
        kernel.sleep_until(at_time(1s));
        ++done;
      });
    }
    kernel.sleep_until(at_time(2s));
  });
  EXPECT_EQ(done, 10'000U);
}

TEST(KernelTime, FibersThatEndedAreUsedAgain) {
  StackPool stacks;
  for (int run = 0; run < 3; ++run) {
    Kernel kernel({.stacks = &stacks});
    kernel.run([&] {
      for (int i = 0; i < 1'000; ++i) {
        kernel.spawn(kernel.main_process(), "short", [] {});
        kernel.sleep_until(kernel.now() + 1ms);
      }
    });
    EXPECT_EQ(stacks.in_use(), 0U);
  }
  EXPECT_EQ(stacks.made(), 2U);
}

}  // namespace
}  // namespace aftershock::sim
