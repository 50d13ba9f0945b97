// Exceptions: kept apart per fiber while it is suspended, and turned into panics when uncaught.
#include <gtest/gtest.h>

#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

#include "simulator/kernel/kernel.h"

namespace aftershock::sim {
namespace {

using namespace std::chrono_literals;

constexpr SimTime at_time(delta::Duration since_start) { return SimTime(since_start); }

Panic panic_of(Kernel& kernel, Callback main) {
  try {
    kernel.run(std::move(main));
  } catch (const KernelPanic& failure) {
    return failure.panic;
  }
  return {};
}

TEST(KernelException, FibersSuspendedInHandlersRethrowTheirOwn) {
  Kernel kernel({.schedule = Schedule::round_robin});
  std::string rethrown;
  kernel.run([&] {
    for (const char* name : {"a", "b", "c"}) {
      kernel.spawn(kernel.main_process(), name, [&kernel, &rethrown, name] {
        try {
          try {
            throw std::runtime_error(name);
          } catch (const std::runtime_error&) {
            kernel.yield();
            kernel.yield();
            throw;
          }
        } catch (const std::runtime_error& error) {
          rethrown += std::string(name) + error.what() + " ";
        }
      });
    }
    kernel.sleep_until(at_time(1s));
  });
  EXPECT_EQ(rethrown, "aa bb cc ");
}

TEST(KernelException, UncaughtExceptionsAreCountedPerFiber) {
  struct SuspendsInDestructor {
    Kernel& kernel;
    int& before;
    int& after;
    ~SuspendsInDestructor() {
      before = std::uncaught_exceptions();
      kernel.sleep_until(SimTime(2s));
      after = std::uncaught_exceptions();
    }
  };
  Kernel kernel({});
  int before = -1, after = -1, other = -1, in_event = -1;
  kernel.run([&] {
    kernel.at(at_time(1s), [&] { in_event = std::uncaught_exceptions(); });
    kernel.spawn(kernel.main_process(), "unwinding", [&] {
      try {
        const SuspendsInDestructor guard{kernel, before, after};
        throw std::runtime_error("unwinds");
      } catch (const std::runtime_error&) {
        kernel.yield();
      }
    });
    kernel.sleep_until(at_time(1s));
    other = std::uncaught_exceptions();
    kernel.sleep_until(at_time(3s));
  });
  EXPECT_EQ(std::pair(before, after), std::pair(1, 1));
  EXPECT_EQ(std::pair(other, in_event), std::pair(0, 0));
}

TEST(KernelException, AKillFromAHandlerKeepsTheKillersException) {
  Kernel kernel({});
  Process& victim = kernel.create_process("victim");
  std::string rethrown;
  kernel.run([&] {
    kernel.spawn(victim, "worker", [&] { kernel.sleep_until(kForever); });
    kernel.yield();
    try {
      try {
        throw std::runtime_error("mine");
      } catch (const std::runtime_error&) {
        kernel.kill(victim);
        EXPECT_EQ(std::uncaught_exceptions(), 0);
        throw;
      }
    } catch (const std::runtime_error& error) {
      rethrown = error.what();
    }
  });
  EXPECT_EQ(rethrown, "mine");
}

TEST(KernelException, RunLeavesTheCallersExceptionStateAlone) {
  try {
    throw std::runtime_error("the caller's");
  } catch (const std::runtime_error&) {
    Kernel kernel({});
    kernel.run([&] {
      EXPECT_EQ(std::current_exception(), nullptr);
      kernel.sleep_until(at_time(1s));
    });
    try {
      throw;
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "the caller's");
    }
  }
}

TEST(KernelPanics, AFailedCheckEndsTheRunAndNamesItsPlace) {
  Kernel kernel({});
  Process& process = kernel.create_process("orchestrator-1");
  kernel.spawn(process, "reaper", [&] {
    kernel.sleep_until(at_time(1s));
    CHECK_INVARIANT("one-live-lease", false, "two leases");
  });
  const Panic panic = panic_of(kernel, [&] { kernel.sleep_until(at_time(1h)); });
  EXPECT_EQ(panic.process, "orchestrator-1");
  EXPECT_EQ(panic.fiber, "reaper");
  EXPECT_EQ(panic.invariant, "one-live-lease");
  EXPECT_NE(panic.message.find("two leases"), std::string::npos);
  EXPECT_EQ(kernel.now(), at_time(1s));
}

TEST(KernelPanics, TheHandlerMayKillTheProcessAndTheRunGoesOn) {
  Kernel kernel({});
  Process& process = kernel.create_process("runner");
  std::string seen;
  kernel.on_panic([&](Process& panicked, const Panic& panic) {
    seen += panicked.name() + "/" + panic.fiber + ": " + panic.message;
    kernel.kill(panicked);
  });
  kernel.spawn(process, "sibling", [&] { kernel.sleep_until(kForever); });
  kernel.spawn(process, "worker", [&] {
    kernel.sleep_until(at_time(1s));
    throw std::runtime_error("out of memory");
  });
  kernel.run([&] {
    kernel.sleep_until(at_time(2s));
    EXPECT_EQ(kernel.fibers(), 1U);
  });
  EXPECT_EQ(seen, "runner/worker: out of memory");
  EXPECT_EQ(kernel.now(), at_time(2s));
}

TEST(KernelPanics, TheMainProcessEndsTheRunDespiteAHandler) {
  Kernel kernel({});
  int shown = 0;
  kernel.on_panic([&](Process&, const Panic&) { ++shown; });
  const Panic panic = panic_of(kernel, [] { throw std::runtime_error("drill engine"); });
  EXPECT_EQ(panic.process, "main");
  EXPECT_EQ(panic.message, "drill engine");
  EXPECT_EQ(shown, 1);
}

TEST(KernelPanics, AnEventsExceptionIsItsProcesss) {
  Kernel kernel({});
  Process& process = kernel.create_process("database");
  kernel.at(at_time(1s), process, [] { CHECK(false); });
  const Panic panic = panic_of(kernel, [&] { kernel.sleep_until(at_time(2s)); });
  EXPECT_EQ(panic.process, "database");
  EXPECT_EQ(panic.fiber, "");
}

TEST(KernelPanics, ADeadlockNamesTheWaitingFibers) {
  Kernel kernel({});
  WaitQueue queue;
  Process& stopped = kernel.create_process("stopped");
  kernel.spawn(stopped, "sleeper", [&] { kernel.sleep_until(at_time(1s)); });
  const Panic panic = panic_of(kernel, [&] {
    kernel.pause(stopped);
    kernel.wait(queue, kForever);
  });
  EXPECT_EQ(panic.invariant, "deadlock");
  EXPECT_NE(panic.message.find("main/main"), std::string::npos) << panic.message;
  EXPECT_NE(panic.message.find("stopped/sleeper (paused)"), std::string::npos) << panic.message;
  EXPECT_TRUE(queue.empty());
}

/// Uses a kilobyte of stack a level. `outer` keeps the compiler from making it a loop.
[[gnu::noinline]] void use_stack_and_suspend(Kernel& kernel, std::size_t depth,
                                             volatile std::byte* outer) {
  volatile std::byte page[1024];
  page[0] = outer[0];
  if (depth == 0) {
    kernel.yield();
  } else {
    use_stack_and_suspend(kernel, depth - 1, page);
  }
  outer[0] = page[0];
}

TEST(KernelPanics, SuspendingWithAStackNearlyUsedUpIsRefused) {
  constexpr std::size_t kStack = 256 * 1024;
  Kernel kernel({.stack_size = kStack});
  bool shallow = false;
  volatile std::byte outer[1] = {};
  const Panic panic = panic_of(kernel, [&] {
    use_stack_and_suspend(kernel, 20, outer);
    shallow = true;
    for (std::size_t depth = 50; depth < 250; ++depth) {
      use_stack_and_suspend(kernel, depth, outer);
    }
  });
  EXPECT_TRUE(shallow);
  EXPECT_NE(panic.message.find("stack_limit"), std::string::npos) << panic.message;
}

}  // namespace
}  // namespace aftershock::sim
