// The simulated disk: what a writer finds under each of its faults.
#include <gtest/gtest.h>

#include "simulator/world/disk.h"

namespace aftershock::sim {
namespace {

using namespace delta;

class DiskTest : public testing::Test {
 protected:
  static constexpr Duration kMin{100'000};
  static constexpr Duration kMax{200'000};

  Rng root{1};
  Disk disk{{.sync_min = kMin, .sync_max = kMax}, root.stream("a"), root.stream("b")};
};

TEST_F(DiskTest, SyncTakesItsTimeAndIsDurable) {
  for (int i = 0; i < 50; ++i) {
    const Duration time = disk.sync_time();
    EXPECT_GE(time, kMin);
    EXPECT_LE(time, kMax);
  }
  const DiskSync sync = disk.sync();
  EXPECT_EQ(sync.result, DiskResult::done);
  EXPECT_TRUE(sync.durable);
  EXPECT_FALSE(sync.flipped);
}

TEST_F(DiskTest, AddedLatencyIsCountedAndShiftsNoOtherDraw) {
  Disk plain{{.sync_min = kMin, .sync_max = kMax}, root.stream("a"), root.stream("b")};
  disk.latency().add(1s, 1s);
  const Duration slow = disk.sync_time();
  const Duration fast = plain.sync_time();
  EXPECT_GE(slow, fast + 1s);
  EXPECT_LE(slow, fast + 2s);
  disk.latency().remove(1s, 1s);
  EXPECT_EQ(disk.sync_time(), plain.sync_time());
  EXPECT_EQ(disk.counters().slowed, 1u);
}

TEST_F(DiskTest, ShareOfErrorsAddsUpAndIsTakenBack) {
  disk.add_errors(300'000);
  disk.add_errors(200'000);
  for (int i = 0; i < 1000; ++i) disk.sync();
  EXPECT_NEAR(static_cast<double>(disk.counters().errors), 500, 60);
  EXPECT_TRUE(disk.writable());
  disk.add_errors(500'000);
  EXPECT_EQ(disk.sync().result, DiskResult::io_error);
  EXPECT_FALSE(disk.writable());
  disk.remove_errors(500'000);
  disk.remove_errors(500'000);
  EXPECT_EQ(disk.sync().result, DiskResult::done);
}

TEST_F(DiskTest, FullDiskTakesNothingUntilTheLastCauseIsGone) {
  disk.set_full(true);
  disk.set_full(true);
  disk.set_full(false);
  EXPECT_EQ(disk.sync().result, DiskResult::no_space);
  EXPECT_FALSE(disk.writable());
  disk.set_full(false);
  EXPECT_EQ(disk.sync().result, DiskResult::done);
  EXPECT_EQ(disk.counters().no_space, 1u);
}

TEST_F(DiskTest, LyingDiskSaysDoneAndIsNotDurable) {
  disk.set_lying(true);
  const DiskSync lie = disk.sync();
  EXPECT_EQ(lie.result, DiskResult::done);
  EXPECT_FALSE(lie.durable);
  disk.set_lying(false);
  EXPECT_TRUE(disk.sync().durable);
  EXPECT_EQ(disk.counters().lies, 1u);
}

TEST_F(DiskTest, TearAndFlipsHitTheNextWritesOnly) {
  disk.tear_next(3s);
  const DiskSync torn = disk.sync();
  EXPECT_EQ(torn.result, DiskResult::power_failed);
  EXPECT_EQ(torn.downtime, 3s);
  disk.flip_next(2);
  EXPECT_TRUE(disk.sync().flipped);
  EXPECT_TRUE(disk.sync().flipped);
  EXPECT_FALSE(disk.sync().flipped);
  EXPECT_EQ(disk.counters().torn, 1u);
  EXPECT_EQ(disk.counters().flipped, 2u);
}

}  // namespace
}  // namespace aftershock::sim
