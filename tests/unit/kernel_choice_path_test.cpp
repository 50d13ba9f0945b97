// Guided schedules, and clocks that move in ticks.
#include <gtest/gtest.h>

#include <string>

#include "simulator/kernel/choice_path.h"
#include "simulator/kernel/kernel.h"

namespace aftershock::sim {
namespace {

using namespace std::chrono_literals;

/// At 0s, 1s and 2s, three fibers are ready together. The order of their turns.
std::string order_of_turns(ChoicePath& path) {
  Kernel kernel({.schedule = Schedule::guided, .guide = &path});
  Process& process = kernel.create_process("workers");
  std::string order;
  kernel.run([&] {
    for (char name = 'a'; name <= 'c'; ++name) {
      kernel.spawn(process, "worker", [&order, &kernel, name] {
        for (const auto next : {1s, 2s, 3s}) {
          order += name;
          kernel.sleep_until(SimTime(next));
        }
      });
    }
    kernel.sleep_until(SimTime(4s));
  });
  return order;
}

TEST(KernelChoicePath, WithoutDeviationsTakesTheOneThatHasBeenReadyLongest) {
  ChoicePath path({}, {});
  EXPECT_EQ(order_of_turns(path), "abcabcabc");
  EXPECT_EQ(path.ready_counts(), (std::vector<std::uint32_t>{3, 2, 3, 2, 3, 2, 3, 2}));
  EXPECT_TRUE(path.followed());
}

TEST(KernelChoicePath, TakesAnotherThanTheFirstAtEachDeviation) {
  ChoicePath path({}, {{.choice = 0, .taken = 2}, {.choice = 3, .taken = 1}});
  EXPECT_EQ(order_of_turns(path), "cabcbacba") << "who is woken first was asleep first";
  EXPECT_TRUE(path.followed());
}

TEST(KernelChoicePath, CountsOnlyTheChoicesOfItsWindow) {
  ChoicePath path({.from = SimTime(1s), .until = SimTime(2s)}, {{.choice = 0, .taken = 1}});
  EXPECT_EQ(order_of_turns(path), "abcbacbac");
  EXPECT_EQ(path.ready_counts(), (std::vector<std::uint32_t>{3, 2}));
}

TEST(KernelChoicePath, CountsNoMoreThanItsDepth) {
  ChoicePath path({.depth = 3}, {{.choice = 3, .taken = 1}});
  EXPECT_EQ(order_of_turns(path), "abcabcabc");
  EXPECT_EQ(path.ready_counts(), (std::vector<std::uint32_t>{3, 2, 3}));
  EXPECT_FALSE(path.followed()) << "there is no such choice";
}

TEST(KernelChoicePath, SaysThatAChoiceHasTooFewFibers) {
  ChoicePath path({}, {{.choice = 1, .taken = 2}});
  EXPECT_EQ(order_of_turns(path), "abcabcabc");
  EXPECT_FALSE(path.followed());
}

TEST(KernelChoicePath, LeavesTheMainProcessItsOwnOrderBeforeAllOthers) {
  ChoicePath path({}, {{.choice = 0, .taken = 1}});
  Kernel kernel({.schedule = Schedule::guided, .guide = &path});
  Process& process = kernel.create_process("workers");
  std::string order;
  kernel.run([&] {
    for (char name = 'a'; name <= 'd'; ++name) {
      kernel.spawn(name < 'c' ? process : kernel.main_process(), "worker",
                   [&order, name] { order += name; });
    }
    kernel.sleep_until(SimTime(1s));
  });
  EXPECT_EQ(order, "cdba");
  EXPECT_EQ(path.ready_counts(), (std::vector<std::uint32_t>{2}));
  EXPECT_EQ(kernel.choices(), 1U);
}

TEST(KernelTick, MakesWhatIsDueWithinOneReadyTogether) {
  const auto choices_and_end = [](delta::Duration tick) {
    Kernel kernel({.tick = tick});
    SimTime event{};
    kernel.at(SimTime(1'100us), [&] { event = kernel.now(); });
    kernel.run([&] {
      kernel.spawn(kernel.main_process(), "other", [&] { kernel.sleep_until(SimTime(1'300us)); });
      kernel.sleep_until(SimTime(1'700us));
    });
    return std::tuple(kernel.choices(), kernel.now(), event);
  };
  EXPECT_EQ(choices_and_end(0s), std::tuple(0U, SimTime(1'700us), SimTime(1'100us)));
  EXPECT_EQ(choices_and_end(1ms), std::tuple(1U, SimTime(2ms), SimTime(2ms)));
  EXPECT_EQ(choices_and_end(100us), std::tuple(0U, SimTime(1'700us), SimTime(1'100us)))
      << "what is due at a tick is on time";
}

}  // namespace
}  // namespace aftershock::sim
