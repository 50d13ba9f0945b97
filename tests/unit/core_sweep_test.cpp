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
  EXPECT_FALSE(plan.granted_grace);
  EXPECT_EQ(plan.control.last_sweep, kNow + settings.sweep_interval);
}

TEST(PlanSweep, GrantsOneTtlOfGraceAfterAGap) {
  const Settings settings;
  const DbTime back = kNow + 10min;
  const SweepPlan plan = plan_sweep(swept_at(kNow), back, settings);
  EXPECT_TRUE(plan.granted_grace);
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
  EXPECT_FALSE(plan.granted_grace);
  EXPECT_TRUE(plan.may_expire);
  EXPECT_EQ(plan.control.grace_until, control.grace_until);
  const Control whole = after_whole_sweep(plan);
  EXPECT_TRUE(plan_sweep(whole, back + 10min, settings).granted_grace);
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

TEST(PlanSweep, IgnoresAClockThatJumpsBack) {
  const Settings settings;
  const SweepPlan plan = plan_sweep(swept_at(kNow), kNow - 1h, settings);
  EXPECT_FALSE(plan.granted_grace);
  EXPECT_EQ(plan.control.last_sweep, kNow);
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
  ASSERT_TRUE(plan.granted_grace);
  EXPECT_THROW(after_whole_sweep(plan), CheckFailed);
}

}  // namespace
}  // namespace delta
