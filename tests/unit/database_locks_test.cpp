// The lock table of the simulated PostgreSQL. Transactions lock in one order, so a cycle of waits
// can only be made here.
#include <gtest/gtest.h>

#include "simulator/world/database_locks.h"

namespace aftershock::sim {
namespace {

using delta::AttemptId;
using delta::RunId;

constexpr BackendId kAda{1};
constexpr BackendId kBob{2};
constexpr BackendId kEve{3};
const LockKey kRed = LockKey::of(RunId{0, 1});
const LockKey kBlue = LockKey::of(RunId{0, 2});
const LockKey kGreen = LockKey::of(AttemptId{0, 1});

TEST(DatabaseLocks, LockIsExclusiveAndItsHolderMayTakeItAgain) {
  LockTable locks;
  EXPECT_EQ(locks.take(kRed, kAda), LockTable::Result::taken);
  EXPECT_EQ(locks.take(kRed, kAda), LockTable::Result::already_held);
  EXPECT_EQ(locks.take(kRed, kBob), LockTable::Result::held_by_another);
  EXPECT_EQ(locks.take(kBlue, kBob), LockTable::Result::taken);
  EXPECT_EQ(locks.holder(kRed), kAda);
  EXPECT_EQ(locks.holder(kGreen), std::nullopt);
}

TEST(DatabaseLocks, ReleaseHandsTheLockToTheFirstWaiterWhoHasNotLeft) {
  LockTable locks;
  locks.take(kRed, kAda);
  EXPECT_TRUE(locks.wait(kRed, kBob));
  EXPECT_TRUE(locks.wait(kRed, kEve));
  locks.stop_waiting(kBob);
  EXPECT_EQ(locks.release(kRed), kEve);
  EXPECT_EQ(locks.holder(kRed), kEve);
  EXPECT_FALSE(locks.is_waiting(kEve));
  EXPECT_EQ(locks.release(kRed), std::nullopt);
  EXPECT_EQ(locks.take(kRed, kBob), LockTable::Result::taken);
}

TEST(DatabaseLocks, WhoWouldCloseACycleOfWaitsIsRefused) {
  LockTable locks;
  locks.take(kRed, kAda);
  locks.take(kBlue, kBob);
  locks.take(kGreen, kEve);
  EXPECT_TRUE(locks.wait(kBlue, kAda));
  EXPECT_TRUE(locks.wait(kGreen, kBob));
  EXPECT_FALSE(locks.wait(kRed, kEve));
  EXPECT_FALSE(locks.is_waiting(kEve));
  EXPECT_EQ(locks.release(kGreen), kBob) << "the others go on when the victim has let go";
}

TEST(DatabaseLocks, CycleThatArisesByHandingOnALockIsSeenToo) {
  LockTable locks;
  locks.take(kRed, kAda);
  EXPECT_TRUE(locks.wait(kRed, kBob));
  EXPECT_TRUE(locks.wait(kRed, kEve));
  locks.take(kBlue, kEve);
  EXPECT_EQ(locks.release(kRed), kBob);
  EXPECT_FALSE(locks.wait(kBlue, kBob)) << "Eve waits for the lock that Bob was handed";
}

}  // namespace
}  // namespace aftershock::sim
