// Late wake-ups of an overloaded process, and sections that must not suspend.
#include <gtest/gtest.h>

#include <memory>

#include "simulator/kernel/kernel.h"

namespace aftershock::sim {
namespace {

using namespace std::chrono_literals;

constexpr SimTime at_time(delta::Duration since_start) { return SimTime(since_start); }

class WakeupTest : public testing::Test {
 protected:
  template <class Body>
  void run(Body body) {
    kernel_.run([&body] { body(); });
  }
  void overload(delta::Duration delay) {
    kernel_.delay_wakeups(busy_, [delay] { return delay; });
  }

  Kernel kernel_{{.seed = 1}};
  Process& busy_ = kernel_.create_process("busy");
};

TEST_F(WakeupTest, DelaysSleepsNotificationsAndEventsOnceEach) {
  SimTime slept{};
  SimTime notified{};
  SimTime event{};
  WaitQueue queue;
  run([&] {
    overload(3s);
    kernel_.spawn(busy_, "sleeper", [&] {
      kernel_.sleep_until(at_time(10s));
      slept = kernel_.now();
    });
    kernel_.spawn(busy_, "waiter", [&] {
      EXPECT_TRUE(kernel_.wait(queue, at_time(1min)));
      notified = kernel_.now();
    });
    kernel_.at(at_time(20s), busy_, [&] { event = kernel_.now(); });
    kernel_.sleep_until(at_time(30s));
    queue.notify_all();
    kernel_.sleep_until(at_time(40s));
  });
  EXPECT_EQ(slept, at_time(13s));
  EXPECT_EQ(event, at_time(23s));
  EXPECT_EQ(notified, at_time(33s));
  EXPECT_EQ(busy_.late_wakeups(), 5U) << "two fibers began late, too";
}

TEST_F(WakeupTest, LeavesOtherProcessesAlone) {
  Process& idle = kernel_.create_process("idle");
  SimTime woken{};
  run([&] {
    overload(3s);
    kernel_.spawn(idle, "sleeper", [&] {
      kernel_.sleep_until(at_time(10s));
      woken = kernel_.now();
    });
    kernel_.sleep_until(at_time(20s));
  });
  EXPECT_EQ(woken, at_time(10s));
  EXPECT_EQ(idle.late_wakeups(), 0U);
}

TEST_F(WakeupTest, IsOnTimeAgainWhenTheOverloadEnds) {
  SimTime first{};
  SimTime second{};
  run([&] {
    kernel_.spawn(busy_, "sleeper", [&] {
      kernel_.sleep_until(at_time(10s));
      first = kernel_.now();
      kernel_.sleep_until(at_time(20s));
      second = kernel_.now();
    });
    kernel_.sleep_until(at_time(1s));
    overload(3s);
    kernel_.sleep_until(at_time(11s));
    kernel_.delay_wakeups(busy_, {});
    kernel_.sleep_until(at_time(30s));
  });
  EXPECT_EQ(first, at_time(13s)) << "what is late already stays so";
  EXPECT_EQ(second, at_time(20s));
}

TEST_F(WakeupTest, APausedProcessIsNotWokenByTheEndOfADelay) {
  SimTime woken{};
  run([&] {
    kernel_.spawn(busy_, "sleeper", [&] {
      kernel_.sleep_until(at_time(10s));
      woken = kernel_.now();
    });
    kernel_.sleep_until(at_time(1s));
    overload(3s);
    kernel_.sleep_until(at_time(11s));
    kernel_.pause(busy_);
    kernel_.sleep_until(at_time(60s));
    EXPECT_EQ(woken, SimTime{});
    kernel_.resume(busy_);
    kernel_.sleep_until(at_time(70s));
  });
  EXPECT_EQ(woken, at_time(60s)) << "it has been late once";
}

TEST_F(WakeupTest, AProcessKilledDuringADelayLeavesNothingBehind) {
  const auto token = std::make_shared<int>(0);
  run([&] {
    overload(3s);
    kernel_.spawn(busy_, "sleeper", [&kernel = kernel_, token] {
      kernel.sleep_until(at_time(10s));
      ++*token;
    });
    kernel_.at(at_time(10s), busy_, [token] { ++*token; });
    kernel_.sleep_until(at_time(11s));
    kernel_.kill(busy_);
    EXPECT_EQ(token.use_count(), 1);
    // The fiber and the event are used again, and are on time.
    Process& next = kernel_.create_process("next");
    SimTime woken{};
    kernel_.spawn(next, "sleeper", [&] {
      kernel_.sleep_until(at_time(20s));
      woken = kernel_.now();
    });
    kernel_.sleep_until(at_time(30s));
    EXPECT_EQ(woken, at_time(20s));
  });
  EXPECT_EQ(*token, 0);
}

TEST_F(WakeupTest, ASuspensionInACriticalSectionIsAMistake) {
  std::string invariant;
  kernel_.on_panic([&](Process&, const Panic& panic) { invariant = panic.invariant; });
  run([&] {
    kernel_.spawn(busy_, "careless", [this] {
      kernel_.enter_critical_section();
      kernel_.sleep_until(at_time(1s));
    });
    kernel_.sleep_until(at_time(2s));
    EXPECT_EQ(invariant, "assertion");
    // The next user of that fiber is in no section.
    invariant.clear();
    kernel_.spawn(busy_, "careful", [this] {
      kernel_.enter_critical_section();
      kernel_.leave_critical_section();
      kernel_.sleep_until(at_time(3s));
    });
    kernel_.sleep_until(at_time(4s));
  });
  EXPECT_TRUE(invariant.empty());
}

}  // namespace
}  // namespace aftershock::sim
