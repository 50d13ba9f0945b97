// How durations are written.
#include "core/time.h"

#include <gtest/gtest.h>

namespace delta {
namespace {

TEST(FormatDuration, WritesEachUnitThatIsNotZero) {
  EXPECT_EQ(format_duration(0s), "0s");
  EXPECT_EQ(format_duration(90s), "1m30s");
  EXPECT_EQ(format_duration(250ms), "250ms");
  EXPECT_EQ(format_duration(1h + 2min + 3s + 4ms + 5us + 6ns), "1h2m3s4ms5us6ns");
  EXPECT_EQ(format_duration(48h), "48h");
}

TEST(FormatDuration, SignsNegativeDurations) {
  EXPECT_EQ(format_duration(-1500ms), "-1s500ms");
  EXPECT_EQ(format_duration(Duration::min()), "-2562047h47m16s854ms775us808ns");
}

TEST(FormatSeconds, RoundsToMilliseconds) {
  EXPECT_EQ(format_seconds(0s), "0.000s");
  EXPECT_EQ(format_seconds(12'345ms), "12.345s");
  EXPECT_EQ(format_seconds(1'499'999ns), "0.001s");
  EXPECT_EQ(format_seconds(1'500'000ns), "0.002s");
  EXPECT_EQ(format_seconds(999'999'999ns), "1.000s");
  EXPECT_EQ(format_seconds(-60s), "-60.000s");
}

}  // namespace
}  // namespace delta
