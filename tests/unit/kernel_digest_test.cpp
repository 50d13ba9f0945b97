// The digest: equal for equal seeds everywhere, and the log that finds where two runs part.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "simulator/kernel/kernel.h"

namespace aftershock::sim {
namespace {

using namespace std::chrono_literals;

struct Variation {
  int killed_at_ms = 40;
  std::uint64_t mixed = 1;
};

/// Fibers that sleep, wait and notify at random, with a kill and a pause in between.
std::uint64_t simulate(KernelOptions options, const Variation& variation = {}) {
  Kernel kernel(options);
  WaitQueue queue;
  Process& victim = kernel.create_process("victim");
  Process& stopped = kernel.create_process("stopped");
  const auto work = [&](std::uint64_t index) {
    delta::Rng random = kernel.stream("work", index);
    for (int i = 0; i < 200; ++i) {
      const std::uint64_t drawn = random.below(3);
      kernel.mix(drawn, StepKind::draw);
      if (drawn == 0) kernel.sleep_until(kernel.now() + random.between(0us, 900us));
      if (drawn == 1) kernel.wait(queue, kernel.now() + 1ms);
      if (drawn == 2) queue.notify_one();
    }
  };
  for (std::uint64_t i = 0; i < 20; ++i) {
    Process& process = i % 3 == 0 ? victim : i % 3 == 1 ? stopped : kernel.main_process();
    kernel.spawn(process, "worker-" + std::to_string(i), [&work, i] { work(i); });
  }
  kernel.at(SimTime(std::chrono::milliseconds(variation.killed_at_ms)),
            [&] { kernel.kill(victim); });
  kernel.at(SimTime(10ms), [&] { kernel.pause(stopped); });
  kernel.at(SimTime(20ms), [&] { kernel.resume(stopped); });
  kernel.at(SimTime(30ms), [&] { kernel.mix(variation.mixed); });
  kernel.run([&] { kernel.sleep_until(SimTime(1s)); });
  return kernel.digest();
}

TEST(KernelDigest, IsAFunctionOfTheSeed) {
  EXPECT_EQ(simulate({.seed = 1}), simulate({.seed = 1}));
  EXPECT_NE(simulate({.seed = 1}), simulate({.seed = 2}));
  EXPECT_NE(simulate({.seed = 1}), simulate({.seed = 1, .schedule = Schedule::round_robin}));
}

TEST(KernelDigest, IsTheSameInEveryBuildAndCompiler) {
  EXPECT_EQ(simulate({.seed = 1}), 0x69E6C70CD60B2520ULL);
}

TEST(KernelDigest, DependsOnWhatIsMixedIn) {
  EXPECT_NE(simulate({.seed = 1}, {.mixed = 1}), simulate({.seed = 1}, {.mixed = 2}));
}

TEST(KernelDigest, DoesNotDependOnTheLogTheStacksOrEarlierKernels) {
  const std::uint64_t expected = simulate({.seed = 9});
  StepLog log;
  StackPool stacks;
  EXPECT_EQ(simulate({.seed = 9, .log = &log}), expected);
  for (std::uint64_t seed = 0; seed < 5; ++seed) simulate({.seed = seed, .stacks = &stacks});
  EXPECT_EQ(simulate({.seed = 9, .stacks = &stacks}), expected);
}

TEST(KernelDigest, IsTheSameInThreadsThatSimulateSideBySide) {
  constexpr std::size_t kThreads = 4;
  constexpr std::size_t kSeeds = 8;
  std::vector<std::uint64_t> alone;
  for (std::size_t seed = 0; seed < kSeeds; ++seed) alone.push_back(simulate({.seed = seed}));
  std::vector<std::vector<std::uint64_t>> digests(kThreads);
  std::vector<std::thread> threads;
  for (std::vector<std::uint64_t>& mine : digests) {
    threads.emplace_back([&mine] {
      for (std::size_t seed = 0; seed < kSeeds; ++seed) mine.push_back(simulate({.seed = seed}));
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::vector<std::uint64_t>& mine : digests) EXPECT_EQ(mine, alone);
}

TEST(KernelLog, HoldsEveryStepWithItsRollingDigest) {
  StepLog log;
  const std::uint64_t digest = simulate({.seed = 4, .log = &log});
  ASSERT_FALSE(log.steps().empty());
  EXPECT_EQ(log.steps().back().digest, digest);
  for (std::size_t i = 0; i < log.steps().size(); ++i) EXPECT_EQ(log.steps()[i].number, i + 1);
}

TEST(KernelLog, EqualRunsDoNotDiverge) {
  StepLog first, second;
  simulate({.seed = 4, .log = &first});
  simulate({.seed = 4, .log = &second});
  EXPECT_FALSE(first_divergence(first, second));
}

TEST(KernelLog, TheFirstDivergentStepIsTheOneThatDiffers) {
  StepLog first, second;
  simulate({.seed = 4, .log = &first}, {.mixed = 11});
  simulate({.seed = 4, .log = &second}, {.mixed = 22});
  const auto divergence = first_divergence(first, second);
  ASSERT_TRUE(divergence);
  const Step& step = first.steps()[divergence->step - 1];
  EXPECT_EQ(step.kind, StepKind::value);
  EXPECT_EQ(step.value, 11U);
  EXPECT_EQ(step.time, SimTime(30ms));
  EXPECT_NE(divergence->description.find("value by kernel (0) value 22"), std::string::npos)
      << divergence->description;
}

TEST(KernelLog, ADivergenceNamesTheFibersAndShowsTheLastCommonSteps) {
  StepLog first, second;
  const auto run = [](StepLog& log, bool swapped) {
    Kernel kernel({.schedule = Schedule::round_robin, .log = &log});
    kernel.run([&] {
      kernel.spawn(kernel.main_process(), "left", [&] { kernel.sleep_until(SimTime(1s)); });
      kernel.spawn(kernel.main_process(), "right", [&] { kernel.sleep_until(SimTime(1s)); });
      kernel.sleep_until(swapped ? SimTime(500ms) : SimTime(2s));
    });
  };
  run(first, false);
  run(second, true);
  const auto divergence = first_divergence(first, second);
  ASSERT_TRUE(divergence);
  EXPECT_EQ(divergence->description,
            "the runs part at step 7\n"
            "  both:  #2 0s fiber by main/main (1) value 0\n"
            "  both:  #3 0s spawn by main/left (2) value 1\n"
            "  both:  #4 0s spawn by main/right (3) value 1\n"
            "  both:  #5 0s fiber by main/left (2) value 0\n"
            "  both:  #6 0s fiber by main/right (3) value 0\n"
            "  left:  #7 1s fiber by main/left (2) value 0\n"
            "  right: #7 500ms fiber by main/main (1) value 0\n");
}

TEST(KernelLog, ALogThatIsAPrefixOfTheOtherDivergesAtItsEnd) {
  StepLog whole, cut;
  simulate({.seed = 4, .log = &whole});
  for (std::size_t i = 0; i < 3; ++i) cut.append(whole.steps()[i]);
  const auto divergence = first_divergence(cut, whole);
  ASSERT_TRUE(divergence);
  EXPECT_EQ(divergence->step, 4U);
  EXPECT_NE(divergence->description.find("(ends after 3 steps)"), std::string::npos);
}

}  // namespace
}  // namespace aftershock::sim
