// What operators may change, what is refused, and how leases live through a change of the TTL.
#include "core/policy.h"

#include <gtest/gtest.h>

#include "core/rate_limit.h"
#include "tests/model/table.h"

namespace delta::test {
namespace {

Table running_job() {
  Table table(spec_of({JobSpec{}}));
  table.bring(0, AttemptState::running);
  return table;
}

void set_ttl(Table& table, Duration ttl, Duration for_how_long = 1h) {
  table.must(SetPolicy{{.lease_ttl = TtlOverride{ttl, for_how_long}}, "ann"});
}

TEST(Policy, AnOverrideMustBeSoundAsTheSettingItReplaces) {
  const Settings settings;
  const auto refused = [&settings](Duration ttl, Duration for_how_long) {
    return !problems(PolicyChange{.lease_ttl = TtlOverride{ttl, for_how_long}}, settings).empty();
  };
  EXPECT_FALSE(refused(4 * settings.heartbeat_interval, 1h));
  EXPECT_TRUE(refused(4 * settings.heartbeat_interval - 1ns, 1h));
  EXPECT_FALSE(refused(1h, 24h));
  EXPECT_TRUE(refused(1h + 1ns, 24h)) << "that would disable lease expiry";
  EXPECT_TRUE(refused(2min, 24h + 1ns));
  EXPECT_TRUE(refused(2min, 0s));
  EXPECT_TRUE(refused(0s, 1h));
  EXPECT_FALSE(problems(PolicyChange{}, settings).empty()) << "it changes nothing";
  EXPECT_TRUE(problems(PolicyChange{.most_leases = 0}, settings).empty());
}

TEST(Policy, AnOverrideOfTheTtlEndsByItself) {
  const Settings settings;
  const DbTime now{100h};
  const Policy policy = changed({}, {.lease_ttl = TtlOverride{10min, 1h}}, now);
  EXPECT_EQ(policy.version, 1U);
  EXPECT_EQ(ttl_in_force(policy, now + 1h - 1ns, settings), 10min);
  EXPECT_EQ(ttl_in_force(policy, now + 1h, settings), settings.lease_ttl);
  EXPECT_EQ(longest_ttl(policy, now + 1h, settings), 10min) << "leases of it live on";
  EXPECT_EQ(longest_ttl(policy, now + 1h + 10min, settings), settings.lease_ttl);
}

TEST(Policy, RemembersTheLongestTtlThatLivesOnInLeases) {
  const Settings settings;
  const DbTime now{100h};
  Policy policy = changed({}, {.lease_ttl = TtlOverride{30min, 1h}}, now);
  policy = changed(policy, {.lease_ttl = TtlOverride{80s, 1h}}, now + 1min);
  policy = changed(policy, {.lease_ttl = TtlOverride{90s, 1h}}, now + 2min);
  EXPECT_EQ(ttl_in_force(policy, now + 2min, settings), 90s);
  EXPECT_EQ(longest_ttl(policy, now + 31min, settings), 30min);
  EXPECT_EQ(longest_ttl(policy, now + 33min, settings), settings.lease_ttl);
}

TEST(Policy, AChangeLeavesAllElseAsItWas) {
  Policy policy = changed({}, {.ingesting = false, .most_leases = 5}, DbTime(1h));
  policy = changed(policy, {.submissions_per_minute = 7}, DbTime(2h));
  EXPECT_FALSE(policy.ingesting);
  EXPECT_EQ(policy.most_leases, 5U);
  EXPECT_EQ(policy.submissions_per_minute, 7U);
  EXPECT_EQ(policy.version, 2U);
}

TEST(Policy, OperatorsHavePrintableNames) {
  EXPECT_TRUE(is_operator_name("ann@example.org"));
  EXPECT_TRUE(is_operator_name(std::string(64, 'x')));
  EXPECT_FALSE(is_operator_name(std::string(65, 'x')));
  EXPECT_FALSE(is_operator_name(""));
  EXPECT_FALSE(is_operator_name("an\nn"));
  EXPECT_FALSE(is_operator_name("ann\x7f"));
}

TEST(LeaseTtl, RaisedItLengthensARunningLeaseAtTheNextHeartbeat) {
  Table table = running_job();
  set_ttl(table, 10min);
  table.must(Heartbeat{table.credentials()});
  EXPECT_EQ(table.attempt().expires_at, table.context.now + 10min);
}

TEST(LeaseTtl, LoweredItShortensNoLeaseButTheNextOnes) {
  Table table = running_job();
  const DbTime promised = table.attempt().expires_at;
  set_ttl(table, 80s);
  table.pass(20s);
  table.must(Heartbeat{table.credentials()});
  EXPECT_EQ(table.attempt().expires_at, promised) << "its holder may not hear of it";
  table.pass(30s);
  table.must(Heartbeat{table.credentials()});
  EXPECT_EQ(table.attempt().expires_at, table.context.now + 80s);
}

TEST(LeaseTtl, IsTheOneInForceForStartsAndReports) {
  Table table(spec_of({JobSpec{}}));
  set_ttl(table, 5min);
  table.bring(0, AttemptState::starting);
  EXPECT_EQ(table.attempt().expires_at, table.context.now + 5min);
  table.pass(1min);
  table.must(Report{table.credentials(), AttemptState::running});
  EXPECT_EQ(table.attempt().expires_at, table.context.now + 5min);
}

TEST(LeaseTtl, ALeaseFromBeforeTheClockWentBackIsCutToWhatATtlExplains) {
  Table table = running_job();
  table.context.now -= 10min;
  table.must(Heartbeat{table.credentials()});
  EXPECT_EQ(table.attempt().expires_at, table.context.now + table.settings.lease_ttl);
}

TEST(LeaseTtl, ALongLeaseSurvivesALowerTtlUntilItsEndIsReached) {
  Table table = running_job();
  set_ttl(table, 30min);
  table.must(Heartbeat{table.credentials()});
  const DbTime promised = table.attempt().expires_at;
  set_ttl(table, 80s);
  table.pass(25min);
  table.must(Heartbeat{table.credentials()});
  EXPECT_EQ(table.attempt().expires_at, promised);
}

TEST(Ingestion, IsRefusedWhilePausedAndLeavesNoTrace) {
  Table table(spec_of({JobSpec{}}));
  table.must(SetPolicy{{.ingesting = false}, "ann"});
  const Decision decision = table.tell(Submit{{1, 2}, spec_of({JobSpec{}})});
  EXPECT_EQ(decision.refused, Reason::paused);
  EXPECT_FALSE(decision.event);
  EXPECT_TRUE(decision.rows.runs.empty() && decision.rows.attempts.empty());
  table.must(SetPolicy{{.ingesting = true}, "ann"});
  table.must(Submit{{1, 2}, spec_of({JobSpec{}})});
}

TEST(Generation, IsRaisedByOneAndOnRecord) {
  Table table(spec_of({JobSpec{}}));
  const Decision decision = table.tell(RaiseGeneration{"ann"});
  ASSERT_TRUE(decision.event);
  EXPECT_TRUE(decision.event->run.is_nil() && decision.event->attempt.is_nil());
  EXPECT_EQ(table.rows.control->generation, 2U);
  EXPECT_EQ(table.rows.control->audit.digest, decision.event->digest);
  EXPECT_TRUE(decision.rows.attempts.empty()) << "what waits in the queue is unaffected";
}

TEST(Generation, WithoutTheControlRowNothingIsDecided) {
  const Table table(spec_of({JobSpec{}}));
  for (const Message& message : {Message{RaiseGeneration{}}, Message{SetPolicy{}}}) {
    const Decision decision = decide({}, {message, {}, {}}, table.context, table.settings);
    EXPECT_EQ(decision.refused, Reason::not_found) << name_of(message);
  }
}

TEST(Reenqueue, IsDueWhenTheAttemptBecomesAvailable) {
  Table table(spec_of({JobSpec{}}));
  table.bring(0, AttemptState::running);
  table.must(Revoke{table.attempt().ref()});
  const DbTime available = table.attempt().available_at;
  ASSERT_GT(available, table.context.now);
  EXPECT_EQ(table.tell(Reenqueue{table.attempt().id}).dispatches.at(0).due, available);
  table.context.now = available + 1min;
  EXPECT_EQ(table.tell(Reenqueue{table.attempt().id}).dispatches.at(0).due, table.context.now);
}

TEST(RateLimit, AllowsSoManyAMinuteAndASmallBurst) {
  RateLimit limit;
  const MonoTime start{1h};
  int allowed = 0;
  for (Duration at = 0s; at < 1min; at += 100ms) allowed += limit.allow(start + at, 60) ? 1 : 0;
  EXPECT_GE(allowed, 60);
  EXPECT_LE(allowed, 70);
  allowed = 0;
  for (int i = 0; i < 100; ++i) allowed += limit.allow(start + 1h, 60) ? 1 : 0;
  EXPECT_EQ(allowed, 10) << "ten seconds' worth at once, after however long a pause";
}

TEST(RateLimit, AllowsOneEvenWhenThatIsMoreThanTheBurst) {
  RateLimit limit;
  EXPECT_TRUE(limit.allow(MonoTime(1h), 1));
  EXPECT_FALSE(limit.allow(MonoTime(1h + 59s), 1));
  EXPECT_TRUE(limit.allow(MonoTime(1h + 60s), 1));
}

TEST(RateLimit, NoLimitIsNone) {
  RateLimit limit;
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(limit.allow(MonoTime(1h), 0));
}

/// The reaper ends many leases in one transaction; what comes back must not come as one herd.
TEST(MassExpiry, ComesBackSpreadOverTheBackoffsSecondHalf) {
  constexpr int kLeases = 1000;
  const Settings settings;
  std::map<Duration, int> by_slot;
  const Table table = running_job();
  Context context = table.context;
  context.now = table.attempt().expires_at;
  for (std::uint64_t i = 0; i < kLeases; ++i) {
    const Envelope expire{Expire{table.attempt().ref()}, {}, {mix64(i), i}};
    const Decision decision = decide(table.rows, expire, context, settings);
    ASSERT_EQ(decision.dispatches.size(), 1U);
    const Duration delay = decision.dispatches[0].due - context.now;
    EXPECT_GE(delay, settings.retry_backoff / 2);
    EXPECT_LE(delay, settings.retry_backoff);
    ++by_slot[(delay - settings.retry_backoff / 2) / 100ms * 100ms];
  }
  EXPECT_GE(by_slot.size(), 10U);
  for (const auto& [slot, count] : by_slot) {
    EXPECT_LT(count, 2 * kLeases / 10) << format_duration(slot);
  }
}

}  // namespace
}  // namespace delta::test
