// The reaper's rule about outages: grace once for a gap in sweeping, and never for ever.
#include <gtest/gtest.h>

#include "core/check.h"

#include "core/decide.h"

namespace delta {
namespace {

constexpr DbTime kNow{1000h};

Control swept_at(DbTime time) {
  Control control;
  control.last_sweep = time;
  return control;
}

TEST(PlanSweep, ExpiresWhenSweepingIsRegular) {
  const Settings settings;
  const SweepPlan plan = plan_sweep(swept_at(kNow), kNow + settings.sweep_interval, settings);
  EXPECT_TRUE(plan.may_expire);
  EXPECT_EQ(plan.control.grace_until, swept_at(kNow).grace_until);
  EXPECT_EQ(plan.control.last_sweep, kNow + settings.sweep_interval);
}

TEST(PlanSweep, GrantsOneTtlOfGraceAfterAGap) {
  const Settings settings;
  const DbTime back = kNow + 10min;
  const SweepPlan plan = plan_sweep(swept_at(kNow), back, settings);
  EXPECT_FALSE(plan.may_expire);
  EXPECT_EQ(plan.control.grace_until, back + settings.lease_ttl);
  EXPECT_FALSE(plan.control.grace_available);
}

TEST(PlanSweep, MayExpireAgainExactlyWhenGraceEnds) {
  const Settings settings;
  Control control = plan_sweep(swept_at(kNow), kNow + 10min, settings).control;
  const DbTime end = control.grace_until;
  for (DbTime now = kNow + 10min; now < end; now += settings.sweep_interval) {
    const SweepPlan plan = plan_sweep(control, now, settings);
    EXPECT_FALSE(plan.may_expire);
    control = plan.control;
  }
  EXPECT_TRUE(plan_sweep(control, end, settings).may_expire);
}

TEST(PlanSweep, GrantsNoSecondGraceBeforeAWholeSweep) {
  const Settings settings;
  const Control control = plan_sweep(swept_at(kNow), kNow + 10min, settings).control;
  const DbTime back = control.grace_until + 10min;
  const SweepPlan plan = plan_sweep(control, back, settings);
  EXPECT_TRUE(plan.may_expire);
  EXPECT_EQ(plan.control.grace_until, control.grace_until);
  const Control whole = after_whole_sweep(plan);
  EXPECT_EQ(plan_sweep(whole, back + 10min, settings).control.grace_until,
            back + 10min + settings.lease_ttl);
}

TEST(PlanSweep, CrashLoopingOrchestratorsStillExpireLeases) {
  // Each incarnation lives for one sweep only, and the gap between two is always too long.
  const Settings settings;
  Control control = swept_at(kNow);
  DbTime now = kNow;
  int expiring = 0;
  for (int life = 0; life < 10; ++life) {
    now += settings.lease_ttl;
    const SweepPlan plan = plan_sweep(control, now, settings);
    control = plan.control;
    expiring += plan.may_expire ? 1 : 0;
  }
  EXPECT_EQ(expiring, 9);
}

TEST(PlanSweep, AClockThatJumpsForwardGrantsGraceOnce) {
  const Settings settings;
  const DbTime jumped = kNow + 10min + settings.sweep_interval;
  const Control control = plan_sweep(swept_at(kNow), jumped, settings).control;
  EXPECT_EQ(control.grace_until, jumped + settings.lease_ttl);
  const DbTime again = jumped + 10min;
  EXPECT_EQ(plan_sweep(control, again, settings).control.grace_until, control.grace_until);
}

TEST(PlanSweep, GoesOnSweepingWhenTheClockJumpsBack) {
  const Settings settings;
  DbTime now = kNow - 10min;
  Control control = swept_at(kNow);
  EXPECT_FALSE(is_fresh(control, now, settings));
  for (int sweep = 0; sweep < 5; ++sweep) {
    const SweepPlan plan = plan_sweep(control, now, settings);
    EXPECT_TRUE(plan.may_expire);
    EXPECT_EQ(plan.control.last_sweep, now);
    EXPECT_TRUE(is_fresh(plan.control, now + 1s, settings)) << "and no more often than before";
    control = plan.control;
    now += settings.sweep_interval;
    EXPECT_FALSE(is_fresh(control, now, settings));
  }
}

TEST(PlanSweep, GrantsGraceForAGapRightAfterTheClockJumpedBack) {
  const Settings settings;
  const Control control = plan_sweep(swept_at(kNow), kNow - 10min, settings).control;
  const DbTime back = kNow - 10min + settings.lease_ttl;
  EXPECT_FALSE(plan_sweep(control, back, settings).may_expire);
  EXPECT_EQ(grace_in_force(control, back, settings), back + settings.lease_ttl);
}

TEST(PlanSweep, AGraceIsNeitherLostNorStretchedWhenTheClockJumpsBack) {
  const Settings settings;
  Control control = plan_sweep(swept_at(kNow), kNow + 5min, settings).control;
  const DbTime jumped = kNow + 5min + 1min - 10min;  // a minute of the grace has passed
  ASSERT_GT(control.grace_until, jumped + settings.lease_ttl);
  EXPECT_EQ(grace_in_force(control, jumped, settings), jumped + settings.lease_ttl);
  control = plan_sweep(control, jumped, settings).control;
  EXPECT_EQ(control.grace_until, jumped + settings.lease_ttl);
  EXPECT_FALSE(plan_sweep(control, control.grace_until - 1ns, settings).may_expire);
  EXPECT_TRUE(plan_sweep(control, control.grace_until, settings).may_expire);
}

TEST(PlanSweep, JudgesGapsByTheTtlInForce) {
  const Settings settings;
  Control control = swept_at(kNow);
  control.policy = changed({}, {.lease_ttl = TtlOverride{80s, 1h}}, kNow);
  EXPECT_TRUE(plan_sweep(control, kNow + 40s, settings).may_expire);
  EXPECT_EQ(grace_in_force(control, kNow + 41s, settings), kNow + 41s + 80s);
  control.policy = changed({}, {.lease_ttl = TtlOverride{10min, 1h}}, kNow);
  EXPECT_TRUE(plan_sweep(control, kNow + 60s, settings).may_expire);
  EXPECT_EQ(grace_in_force(control, kNow + 61s, settings), kNow + 61s + 10min);
}

TEST(PlanSweep, KeepsTheGeneration) {
  Control control = swept_at(kNow);
  control.generation = 7;
  control.last_sweep = kNow;
  EXPECT_EQ(plan_sweep(control, kNow + 1h, {}).control.generation, 7U);
  const SweepPlan plan = plan_sweep(control, kNow + 5s, {});
  EXPECT_EQ(after_whole_sweep(plan).generation, 7U);
}

TEST(PlanSweep, ASweepDuringAGraceNeverCountsAsWhole) {
  const Settings settings;
  const SweepPlan plan = plan_sweep(swept_at(kNow), kNow + 10min, settings);
  ASSERT_FALSE(plan.control.grace_available);
  EXPECT_THROW(after_whole_sweep(plan), CheckFailed);
}

}  // namespace
}  // namespace delta
