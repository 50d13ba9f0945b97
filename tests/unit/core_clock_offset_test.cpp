// How far the database's clock has certainly moved.
#include "core/clock_offset.h"

#include <gtest/gtest.h>

namespace delta {
namespace {

Duration look(ClockOffset& offset, Duration before, Duration read, Duration after) {
  return offset.look(MonoTime(before), DbTime(read), MonoTime(after));
}

TEST(ClockOffset, IsZeroWhereverTheDatabasesClockBegan) {
  ClockOffset offset;
  EXPECT_EQ(look(offset, 1s, 1000h, 2s), 0s);
  EXPECT_EQ(look(offset, 11s, 1000h + 10s, 12s), 0s);
}

TEST(ClockOffset, SeesJumpsInBothDirectionsAndTheWayBack) {
  ClockOffset offset;
  look(offset, 1s, 1h + 1s, 1s);
  EXPECT_EQ(look(offset, 2s, 1h + 2s + 10min, 2s), 10min);
  EXPECT_EQ(look(offset, 3s, 1h + 3s - 10min, 3s), -10min);
  EXPECT_EQ(look(offset, 4s, 1h + 4s, 4s), 0s);
}

TEST(ClockOffset, ASlowAnswerIsNoJump) {
  ClockOffset offset;
  look(offset, 1s, 1h + 1s, 1s);
  EXPECT_EQ(look(offset, 2s, 1h + 2s, 62s), 0s) << "read early, answered late";
  EXPECT_EQ(look(offset, 70s, 1h + 130s, 130s), 0s) << "read late";
  EXPECT_EQ(look(offset, 140s, 1h + 155s, 150s), 5s) << "only what the delay does not explain";
}

}  // namespace
}  // namespace delta
