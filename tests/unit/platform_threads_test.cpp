// Threads behind the runtime's ports.
#include "platform/threads.h"

#include <gtest/gtest.h>

#include <set>

namespace delta {
namespace {

TEST(ThreadTasks, DestructionWaitsForWhatATaskHolds) {
  auto held = std::make_shared<int>(1);
  const std::weak_ptr<int> watched = held;
  {
    ThreadRuntime runtime;
    runtime.tasks.spawn("holder", [held = std::move(held), &runtime] {
      runtime.clock.sleep_until(runtime.clock.now() + 20ms);
    });
  }
  EXPECT_TRUE(watched.expired());
}

TEST(ThreadTasks, MonitorWakesTheTaskThatWaits) {
  ThreadRuntime runtime;
  const auto monitor = runtime.tasks.make_monitor();
  bool asked = false;
  bool answered = false;
  runtime.tasks.spawn("answer", [&] {
    Lock lock(*monitor);
    while (!asked) monitor->wait_until(kNoDeadline);
    answered = true;
    monitor->notify_all();
  });
  Lock lock(*monitor);
  asked = true;
  monitor->notify_all();
  while (!answered) monitor->wait_until(kNoDeadline);
  EXPECT_TRUE(answered);
}

TEST(ThreadTasks, AWaitEndsAtItsDeadline) {
  ThreadRuntime runtime;
  const auto monitor = runtime.tasks.make_monitor();
  const MonoTime deadline = runtime.clock.now() + 5ms;
  Lock lock(*monitor);
  while (monitor->wait_until(deadline)) {
  }
  EXPECT_GE(runtime.clock.now(), deadline);
}

TEST(KernelRandom, DoesNotRepeat) {
  KernelRandom random;
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random.next());
  EXPECT_EQ(seen.size(), 1000U);
}

}  // namespace
}  // namespace delta
