// Schedules as words: both ways, and what is said about those that are none.
#include "harness/schedule.h"

#include <gtest/gtest.h>

namespace aftershock {
namespace {

using namespace std::chrono_literals;

ScheduleSpec parsed(std::string_view text) {
  const auto schedule = parse_schedule(text);
  EXPECT_TRUE(schedule) << text << ": " << schedule.error().message;
  return schedule.value_or(ScheduleSpec{});
}

TEST(ScheduleText, IsTheSameAfterReadingAndWriting) {
  for (const char* text :
       {"random", "round-robin", "pct:1", "pct:3:48000", "choices:30s", "choices:30s:0=1",
        "random@1ms", "choices:1m500ms:13=2,40=1@250us", "pct:100:1@1s", "round-robin@5ms"}) {
    EXPECT_EQ(text_of(parsed(text)), text);
  }
}

TEST(ScheduleText, SaysWhatEachPartMeans) {
  const ScheduleSpec pct = parsed("pct:3:48000@1ms");
  EXPECT_EQ(pct.kind, sim::Schedule::pct);
  EXPECT_EQ(pct.pct_depth, 3U);
  EXPECT_EQ(pct.pct_choices, 48'000U);
  EXPECT_EQ(pct.tick, 1ms);
  EXPECT_EQ(parsed("pct:2").pct_choices, 0U) << "to be estimated";

  const ScheduleSpec choices = parsed("choices:30s:13=2,40=1");
  EXPECT_EQ(choices.kind, sim::Schedule::guided);
  EXPECT_EQ(choices.window.from, 30s);
  EXPECT_EQ(choices.deviations, (Deviations{{.choice = 13, .taken = 2}, {.choice = 40}}));
  EXPECT_EQ(choices.tick, 0s);
}

TEST(ScheduleText, OnlyRandomWithoutTicksGoesWithoutSaying) {
  EXPECT_TRUE(parsed("random").is_default());
  EXPECT_FALSE(parsed("random@1ms").is_default());
  EXPECT_FALSE(parsed("pct:3").is_default());
}

TEST(ScheduleText, RefusesWhatIsNone) {
  for (const char* text : {"",
                           "rnd",
                           "random:3",
                           "round-robin:1",
                           "pct",
                           "pct:",
                           "pct:0",
                           "pct:101",
                           "pct:-1",
                           "pct:3:0",
                           "pct:3:x",
                           "pct:3x",
                           "choices",
                           "choices:x:1=1",
                           "choices:30:1=1",
                           "choices:30s:1",
                           "choices:30s:1=0",
                           "choices:30s:1=1,x",
                           "choices:30s:2=1,1=1",
                           "choices:30s:1=1,1=2",
                           "random@",
                           "random@0s",
                           "random@1",
                           "@1ms"}) {
    EXPECT_FALSE(parse_schedule(text)) << text;
  }
  EXPECT_EQ(parse_schedule("rnd").error().message, "not a schedule: 'rnd'");
}

}  // namespace
}  // namespace aftershock
