// Killing, pausing and resuming processes.
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "simulator/kernel/kernel.h"

namespace aftershock::sim {
namespace {

using namespace std::chrono_literals;

constexpr SimTime at_time(delta::Duration since_start) { return SimTime(since_start); }

/// Runs its function when its scope ends, as rollbacks and goodbyes do.
class OnExit {
 public:
  explicit OnExit(Callback function) : function_(std::move(function)) {}
  OnExit(const OnExit&) = delete;
  OnExit& operator=(const OnExit&) = delete;
  ~OnExit() { function_(); }

 private:
  Callback function_;
};

/// A port as the world's are: effects only while the process is alive.
struct Port {
  Kernel& kernel;
  Process& process;
  std::string sent;

  void send(const char* what) {
    if (!process.alive()) return;
    kernel.sleep_until(kernel.now() + 1ms);
    sent += what;
  }
};

TEST(KernelKill, UnwindsEveryFiberBeforeItReturnsAndHasNoEffect) {
  Kernel kernel({.seed = 1});
  Process& victim = kernel.create_process("victim");
  Port port{kernel, victim, {}};
  int unwound = 0;
  kernel.run([&] {
    for (int i = 0; i < 3; ++i) {
      kernel.spawn(victim, "worker", [&] {
        const OnExit goodbye([&] {
          port.send("goodbye");
          ++unwound;
        });
        kernel.sleep_until(at_time(1h));
        port.send("after");
      });
    }
    kernel.sleep_until(at_time(1s));
    EXPECT_EQ(kernel.fibers(), 4U);
    kernel.kill(victim);
    EXPECT_FALSE(victim.alive());
    EXPECT_EQ(unwound, 3);
    EXPECT_EQ(kernel.fibers(), 1U);
    EXPECT_EQ(kernel.now(), at_time(1s));
  });
  EXPECT_EQ(port.sent, "");
}

TEST(KernelKill, TheProcessIsDeadBeforeItsFirstFiberUnwinds) {
  Kernel kernel({});
  Process& victim = kernel.create_process("victim");
  bool alive = true;
  kernel.run([&] {
    kernel.spawn(victim, "worker", [&] {
      const OnExit look([&] { alive = victim.alive(); });
      kernel.sleep_until(kForever);
    });
    kernel.sleep_until(at_time(1s));
    kernel.kill(victim);
  });
  EXPECT_FALSE(alive);
}

TEST(KernelKill, AFiberThatNeverRanNeverDoesAndItsCapturesGo) {
  Kernel kernel({});
  Process& early = kernel.create_process("early");
  Process& late = kernel.create_process("late");
  const auto token = std::make_shared<int>(0);
  kernel.spawn(early, "worker", [token] { ++*token; });
  kernel.kill(early);
  EXPECT_EQ(token.use_count(), 1);
  kernel.run([&] {
    kernel.spawn(late, "worker", [token] { ++*token; });
    kernel.kill(late);
    EXPECT_EQ(token.use_count(), 1);
    kernel.spawn(late, "too late", [token] { ++*token; });
    kernel.at(kernel.now(), late, [token] { ++*token; });
    kernel.sleep_until(at_time(1s));
  });
  EXPECT_EQ(*token, 0);
  EXPECT_EQ(token.use_count(), 1);
}

TEST(KernelKill, SuspensionPointsAreInertWhileUnwinding) {
  Kernel kernel({});
  Process& victim = kernel.create_process("victim");
  Process& bystander = kernel.create_process("bystander");
  WaitQueue queue;
  int inert_calls = 0;
  kernel.run([&] {
    kernel.spawn(victim, "worker", [&] {
      const OnExit destructor([&] {
        kernel.yield();
        kernel.sleep_until(at_time(2h));
        EXPECT_FALSE(kernel.wait(queue, kForever));
        kernel.kill(bystander);
        kernel.spawn(bystander, "from the grave", [&] { inert_calls = 100; });
        ++inert_calls;
      });
      kernel.sleep_until(at_time(1h));
    });
    kernel.sleep_until(at_time(1s));
    kernel.kill(victim);
    EXPECT_EQ(kernel.now(), at_time(1s));
    EXPECT_TRUE(bystander.alive());
    kernel.yield();
  });
  EXPECT_EQ(inert_calls, 1);
  EXPECT_TRUE(queue.empty());
}

TEST(KernelKill, SuspensionPointsAreInertWhileABodysCapturesAreDestroyed) {
  Kernel kernel({});
  Process& victim = kernel.create_process("victim");
  bool destroyed = false;
  kernel.run([&] {
    auto captured = std::make_unique<OnExit>([&] {
      kernel.sleep_until(at_time(2h));
      destroyed = true;
    });
    kernel.spawn(victim, "never runs", [captured = std::move(captured)] { FAIL(); });
    kernel.kill(victim);
    EXPECT_TRUE(destroyed);
    EXPECT_EQ(kernel.now(), at_time(0s));
  });
}

TEST(KernelKill, AFiberThatSwallowsItGetsItAgain) {
  Kernel kernel({});
  Process& victim = kernel.create_process("victim");
  int caught = 0;
  bool reached_end = false;
  kernel.run([&] {
    kernel.spawn(victim, "worker", [&] {
      for (int i = 0; i < 3; ++i) {
        try {
          kernel.sleep_until(kForever);
        } catch (...) {
          ++caught;
        }
      }
      kernel.yield();
      reached_end = true;
    });
    kernel.sleep_until(at_time(1s));
    kernel.kill(victim);
    EXPECT_EQ(kernel.fibers(), 1U);
  });
  EXPECT_EQ(caught, 3);
  EXPECT_FALSE(reached_end);
}

TEST(KernelKill, IsNotAStdException) {
  Kernel kernel({});
  Process& victim = kernel.create_process("victim");
  bool hidden = false;
  kernel.run([&] {
    kernel.spawn(victim, "worker", [&] {
      try {
        kernel.sleep_until(kForever);
      } catch (const std::exception&) {
        hidden = true;
      }
    });
    kernel.sleep_until(at_time(1s));
    kernel.kill(victim);
  });
  EXPECT_FALSE(hidden);
}

TEST(KernelKill, ByItselfGoesOnToTheNextSuspension) {
  Kernel kernel({});
  Process& victim = kernel.create_process("victim");
  Process& other = kernel.create_process("other");
  std::string trace;
  kernel.run([&] {
    kernel.spawn(victim, "sibling", [&] {
      const OnExit gone([&] { trace += "sibling "; });
      kernel.sleep_until(kForever);
    });
    kernel.spawn(victim, "suicide", [&] {
      kernel.sleep_until(at_time(1s));
      kernel.kill(victim);
      trace += "goes on ";
      kernel.kill(other);
      kernel.yield();
      trace += "never ";
    });
    kernel.sleep_until(at_time(2s));
    EXPECT_EQ(kernel.fibers(), 1U);
    EXPECT_FALSE(other.alive());
  });
  EXPECT_EQ(trace, "sibling goes on ");
}

TEST(KernelKill, ByAnEventDropsTheBoundEventsAndTimers) {
  Kernel kernel({});
  Process& victim = kernel.create_process("victim");
  const auto token = std::make_shared<int>(0);
  kernel.run([&] {
    kernel.spawn(victim, "worker", [&] { kernel.sleep_until(at_time(2s)); });
    kernel.at(at_time(2s), victim, [token] { *token += 1; });
    kernel.at(at_time(2s), [token] { *token += 10; });
    kernel.at(at_time(1s), victim, [&kernel, &victim] { kernel.kill(victim); });
    kernel.sleep_until(at_time(1500ms));
    EXPECT_EQ(token.use_count(), 2);  // the bound event's capture went with the process
    kernel.sleep_until(at_time(3s));
  });
  EXPECT_EQ(*token, 10);
}

TEST(KernelKill, CurrentProcessIsTheFibersOrTheBoundEvents) {
  Kernel kernel({});
  Process& owner = kernel.create_process("owner");
  std::string names;
  kernel.at(at_time(1s), owner, [&] { names += kernel.current_process().name() + " "; });
  kernel.at(at_time(2s), [&] { names += kernel.current_process().name() + " "; });
  kernel.spawn(owner, "worker", [&] { names += kernel.current_process().name() + " "; });
  kernel.run([&] { kernel.sleep_until(at_time(3s)); });
  EXPECT_EQ(names, "owner owner main ");
}

TEST(KernelKill, TheEndOfMainUnwindsAllAndDropsAllEvents) {
  Kernel kernel({});
  const auto token = std::make_shared<int>(0);
  int unwound = 0;
  kernel.run([&] {
    for (const char* name : {"a", "b"}) {
      kernel.spawn(kernel.create_process(name), "worker", [&, token] {
        const OnExit exit([&] { ++unwound; });
        kernel.sleep_until(kForever);
      });
    }
    kernel.at(at_time(1h), [token] {});
    kernel.sleep_until(at_time(1s));
  });
  EXPECT_EQ(unwound, 2);
  EXPECT_EQ(token.use_count(), 1);
  EXPECT_EQ(kernel.fibers(), 0U);
}

TEST(KernelKill, WhatADyingProcessThrowsIsNoPanic) {
  Kernel kernel({});
  Process& victim = kernel.create_process("victim");
  kernel.run([&] {
    kernel.spawn(victim, "worker", [&] {
      try {
        kernel.sleep_until(kForever);
      } catch (...) {
        throw std::runtime_error("the connection is gone");
      }
    });
    kernel.sleep_until(at_time(1s));
    kernel.kill(victim);
    kernel.yield();
  });
}

TEST(KernelKillDeathTest, AFiberThatCannotBeKilledEndsTheProgram) {
  const auto immortal = [] {
    Kernel kernel({});
    Process& victim = kernel.create_process("victim");
    kernel.run([&] {
      kernel.spawn(victim, "worker", [&] {
        for (;;) {
          try {
            kernel.sleep_until(kForever);
          } catch (...) {
            continue;
          }
        }
      });
      kernel.sleep_until(at_time(1s));
      kernel.kill(victim);
    });
  };
  EXPECT_DEATH(immortal(), "");
}

TEST(KernelPause, ParksFibersAndEventsUntilItIsResumed) {
  Kernel kernel({.schedule = Schedule::round_robin});
  Process& stopped = kernel.create_process("stopped");
  std::string order;
  kernel.run([&] {
    kernel.spawn(stopped, "sleeper", [&] {
      kernel.sleep_until(at_time(2s));
      order += "fiber@" + std::to_string(kernel.now().time_since_epoch() / 1s) + " ";
    });
    kernel.at(at_time(3s), stopped, [&] {
      order += "event@" + std::to_string(kernel.now().time_since_epoch() / 1s) + " ";
    });
    kernel.sleep_until(at_time(1s));
    kernel.pause(stopped);
    kernel.sleep_until(at_time(9s));
    EXPECT_EQ(order, "");
    kernel.resume(stopped);
    kernel.sleep_until(at_time(10s));
  });
  EXPECT_EQ(order, "event@9 fiber@9 ");
}

TEST(KernelPause, ParksFibersThatWereReadyAlready) {
  Kernel kernel({.schedule = Schedule::round_robin});
  Process& stopped = kernel.create_process("stopped");
  int turns = 0;
  kernel.run([&] {
    for (int i = 0; i < 3; ++i) kernel.spawn(stopped, "worker", [&] { ++turns; });
    kernel.pause(stopped);
    kernel.sleep_until(at_time(1s));
    EXPECT_EQ(turns, 0);
    kernel.resume(stopped);
    kernel.yield();
    EXPECT_EQ(turns, 3);
  });
}

TEST(KernelPause, AWaitNotifiedWhilePausedIsStillTrueAfterItsDeadline) {
  Kernel kernel({});
  Process& stopped = kernel.create_process("stopped");
  WaitQueue queue;
  bool notified = false;
  kernel.run([&] {
    kernel.spawn(stopped, "waiter", [&] { notified = kernel.wait(queue, at_time(5s)); });
    kernel.sleep_until(at_time(1s));
    kernel.pause(stopped);
    queue.notify_one();
    kernel.sleep_until(at_time(6s));
    kernel.resume(stopped);
    kernel.yield();
    kernel.yield();
  });
  EXPECT_TRUE(notified);
}

TEST(KernelPause, APausedProcessCanBeKilled) {
  Kernel kernel({});
  Process& stopped = kernel.create_process("stopped");
  bool unwound = false;
  kernel.run([&] {
    kernel.spawn(stopped, "worker", [&] {
      const OnExit exit([&] { unwound = true; });
      kernel.sleep_until(at_time(1s));
    });
    kernel.at(at_time(1s), stopped, [] { FAIL(); });
    kernel.yield();
    kernel.pause(stopped);
    kernel.sleep_until(at_time(2s));
    kernel.kill(stopped);
    EXPECT_TRUE(unwound);
    kernel.resume(stopped);
    kernel.sleep_until(at_time(3s));
  });
}

TEST(KernelPause, AFiberThatPausesItsOwnProcessStopsAtItsNextSuspension) {
  Kernel kernel({});
  Process& stopped = kernel.create_process("stopped");
  int progress = 0;
  kernel.run([&] {
    kernel.spawn(stopped, "worker", [&] {
      kernel.pause(stopped);
      ++progress;
      kernel.yield();
      ++progress;
    });
    kernel.sleep_until(at_time(1s));
    EXPECT_EQ(progress, 1);
    kernel.resume(stopped);
    kernel.sleep_until(at_time(2s));
    EXPECT_EQ(progress, 2);
  });
}

}  // namespace
}  // namespace aftershock::sim
