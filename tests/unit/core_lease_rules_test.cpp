// Rules 3 and 4 of the design: the fence around every writer, and when a lease ends.
#include <gtest/gtest.h>

#include <functional>

#include "tests/model/table.h"

namespace delta::test {
namespace {

SharedSpec one_job() { return spec_of({JobSpec{}}); }

Table table_in(AttemptState state) {
  Table table(one_job());
  table.bring(0, state);
  return table;
}

std::optional<Reason> refusal(Table& table, const Message& message) {
  return table.tell(message).refused;
}

std::vector<Message> all_from_holder(const Credentials& lease) {
  return {Start{lease},
          Heartbeat{lease},
          Report{lease, AttemptState::running},
          Report{lease, AttemptState::uploading},
          Complete{lease, true, FailureClass::user, {}},
          Complete{lease, false, FailureClass::user, {}},
          CancelAck{lease},
          SaveCheckpoint{lease, {1, ""}}};
}

void expect_all_refused(Table& table, const Credentials& lease, Reason reason) {
  for (const Message& message : all_from_holder(lease)) {
    const AttemptState before = table.attempt().state;
    EXPECT_EQ(refusal(table, message), reason) << name_of(message);
    EXPECT_EQ(table.attempt().state, before);
  }
}

TEST(Fence, RefusesAnyOtherToken) {
  Table table = table_in(AttemptState::uploading);
  Credentials lease = table.credentials();
  lease.token_hash = token_of(2);
  expect_all_refused(table, lease, Reason::stale);
}

TEST(Fence, RefusesAnyOtherEpoch) {
  Table table = table_in(AttemptState::uploading);
  Credentials lease = table.credentials();
  ++lease.epoch;
  expect_all_refused(table, lease, Reason::stale);
  lease.epoch -= 2;
  expect_all_refused(table, lease, Reason::stale);
}

TEST(Fence, RefusesAnAttemptThatDoesNotExist) {
  Table table = table_in(AttemptState::uploading);
  Credentials lease = table.credentials();
  lease.ref.attempt = {5, 5};
  expect_all_refused(table, lease, Reason::not_found);
}

TEST(Fence, RefusesALeaseOfAnOlderGeneration) {
  Table table = table_in(AttemptState::uploading);
  table.context.generation = 2;
  expect_all_refused(table, table.credentials(), Reason::lease_over);
}

TEST(Fence, HoldsUntilTheInstantThatTheLeaseEnds) {
  Table table = table_in(AttemptState::running);
  table.context.now = table.attempt().expires_at - 1ns;
  EXPECT_EQ(refusal(table, Report{table.credentials(), AttemptState::uploading}), std::nullopt);
  table.context.now = table.attempt().expires_at;
  expect_all_refused(table, table.credentials(), Reason::lease_over);
}

TEST(Fence, GraceKeepsALeaseAliveForItsHolderAndTheReaperAlike) {
  Table table = table_in(AttemptState::uploading);
  table.context.grace_until = table.attempt().expires_at + 1h;
  table.context.now = table.context.grace_until - 1ns;
  EXPECT_EQ(refusal(table, Expire{table.attempt().ref()}), Reason::not_due);
  EXPECT_EQ(refusal(table, table.complete(0, true)), std::nullopt);
}

TEST(Fence, GraceThatEndsBeforeTheLeaseDoesNotShortenIt) {
  Table table = table_in(AttemptState::running);
  table.context.grace_until = table.attempt().expires_at - 10s;
  table.context.now = table.attempt().expires_at - 1ns;
  EXPECT_EQ(refusal(table, Expire{table.attempt().ref()}), Reason::not_due);
  table.context.now = table.attempt().expires_at;
  EXPECT_EQ(refusal(table, Expire{table.attempt().ref()}), std::nullopt);
}

TEST(Fence, OnlyOneOfHolderAndReaperActsAtTheEnd) {
  const Table ended = table_in(AttemptState::uploading);
  for (const Duration offset : {-1ns, 0ns, 1ns}) {
    Table by_holder = ended;
    Table by_reaper = ended;
    by_holder.context.now = by_reaper.context.now = ended.attempt().expires_at + offset;
    const bool completed = by_holder.tell(by_holder.complete(0, true)).accepted();
    const bool expired = by_reaper.tell(Expire{by_reaper.attempt().ref()}).accepted();
    EXPECT_NE(completed, expired);
  }
}

/// A runner that holds a lease names the wrong run or job: nothing is found there, nothing breaks.
/// The rows that such a message locks are not those of the attempt.
void expect_wrong_ref_refused(const std::function<void(AttemptRef&)>& spoil) {
  const Table table = table_in(AttemptState::uploading);
  Credentials lease = table.credentials();
  spoil(lease.ref);
  Rows locked;
  locked.put(table.attempt());
  for (const Message& message : all_from_holder(lease)) {
    const Decision decision = decide(locked, {message, {}, {}}, table.context, table.settings);
    EXPECT_FALSE(decision.accepted()) << name_of(message);
  }
}

using FenceDeathTest = testing::Test;

TEST(FenceDeathTest, RefusesARefWithAnotherRun) {
  EXPECT_EXIT(
      {
        expect_wrong_ref_refused([](AttemptRef& ref) { ref.run = {6, 6}; });
        std::exit(testing::Test::HasFailure() ? 1 : 0);
      },
      testing::ExitedWithCode(0), "");
}

TEST(FenceDeathTest, RefusesARefWithAnotherJob) {
  EXPECT_EXIT(
      {
        expect_wrong_ref_refused([](AttemptRef& ref) { ref.job = 4; });
        std::exit(testing::Test::HasFailure() ? 1 : 0);
      },
      testing::ExitedWithCode(0), "");
}

TEST(Acquire, GrantsTheAckWindowUntilTheStart) {
  Table table = table_in(AttemptState::leased);
  EXPECT_EQ(table.attempt().expires_at, kStart + table.settings.ack_window);
  EXPECT_EQ(table.attempt().epoch, 1U);
  table.pass(1s);
  table.must(Heartbeat{table.credentials()});
  EXPECT_EQ(table.attempt().expires_at, kStart + table.settings.ack_window);
  table.must(Start{table.credentials()});
  EXPECT_EQ(table.attempt().expires_at, kStart + 1s + table.settings.lease_ttl);
}

TEST(Acquire, IsNotPossibleBeforeTheRetryIsDue) {
  Table table = table_in(AttemptState::running);
  table.must(table.complete(0, false, FailureClass::infrastructure));
  const Attempt& retry = table.attempt();
  ASSERT_GT(retry.available_at, table.context.now);
  table.context.now = retry.available_at - 1ns;
  const Acquire acquire{retry.id, runner_id(2), token_of(2)};
  EXPECT_EQ(refusal(table, acquire), Reason::not_available);
  table.pass(1ns);
  EXPECT_EQ(refusal(table, acquire), std::nullopt);
}

TEST(Acquire, GivesALeaseToOneRunnerOnly) {
  Table table = table_in(AttemptState::leased);
  EXPECT_EQ(refusal(table, Acquire{table.attempt().id, runner_id(2), token_of(2)}),
            Reason::not_available);
  EXPECT_EQ(table.attempt().runner, runner_id(1));
}

TEST(Acquire, RaisesTheEpochWithEachLeaseOfTheJob) {
  Table table = table_in(AttemptState::running);
  table.must(Revoke{table.attempt().ref()});
  EXPECT_EQ(table.attempt().epoch, 1U);
  table.bring(0, AttemptState::leased);
  EXPECT_EQ(table.attempt().epoch, 2U);
}

TEST(Heartbeat, RenewsTheLeaseWithoutAnEvent) {
  for (const AttemptState state :
       {AttemptState::starting, AttemptState::running, AttemptState::uploading}) {
    Table table = table_in(state);
    const std::size_t events = table.log.size();
    table.pass(50s);
    table.must(Heartbeat{table.credentials()});
    EXPECT_EQ(table.attempt().expires_at, table.context.now + table.settings.lease_ttl);
    EXPECT_EQ(table.attempt().state, state);
    EXPECT_EQ(table.log.size(), events);
  }
}

TEST(Report, RenewsTheLease) {
  Table table = table_in(AttemptState::starting);
  table.pass(50s);
  table.must(Report{table.credentials(), AttemptState::running});
  EXPECT_EQ(table.attempt().expires_at, table.context.now + table.settings.lease_ttl);
}

TEST(Repetition, IsAlreadyDoneAndChangesNothing) {
  Table table = table_in(AttemptState::leased);
  const auto twice = [&table](const Message& message) {
    EXPECT_EQ(refusal(table, message), std::nullopt) << name_of(message);
    const std::size_t events = table.log.size();
    const Attempt before = table.attempt();
    EXPECT_EQ(refusal(table, message), Reason::already_done) << name_of(message);
    EXPECT_EQ(table.attempt().state, before.state);
    EXPECT_EQ(table.attempt().audit, before.audit);
    EXPECT_EQ(table.log.size(), events);
  };
  twice(Start{table.credentials()});
  twice(Report{table.credentials(), AttemptState::running});
  twice(Report{table.credentials(), AttemptState::uploading});
  twice(table.complete(0, true));
}

TEST(Repetition, OfACancellationIsAlreadyDone) {
  Table table = table_in(AttemptState::running);
  table.must(Cancel{kRun});
  EXPECT_EQ(refusal(table, Cancel{kRun}), Reason::already_done);
  table.must(CancelAck{table.credentials()});
  EXPECT_EQ(refusal(table, CancelAck{table.credentials()}), Reason::already_done);
  EXPECT_EQ(refusal(table, Cancel{kRun}), Reason::already_done);
}

TEST(LateCompletion, OfALostAttemptIsRefusedAndOnRecord) {
  Table table = table_in(AttemptState::uploading);
  const Message late = table.complete(0, true);
  const AttemptRef ref = table.attempt().ref();
  table.context.now = table.attempt().expires_at;
  table.must(Expire{ref});
  const Decision decision = table.tell(late);
  EXPECT_EQ(decision.refused, Reason::lease_over);
  ASSERT_TRUE(decision.event.has_value());
  EXPECT_EQ(decision.event->refused, Reason::lease_over);
  EXPECT_EQ(decision.event->attempt, ref.attempt);
  EXPECT_EQ(decision.event->from, decision.event->to);
  EXPECT_EQ(table.rows.attempt(ref.attempt)->state, AttemptState::lost);
  EXPECT_EQ(table.job().state, JobState::open);
  EXPECT_NE(table.attempt().id, ref.attempt);
}

TEST(LateCompletion, BeforeTheReaperCameIsRefusedAndOnRecord) {
  Table table = table_in(AttemptState::uploading);
  table.context.now = table.attempt().expires_at;
  const Decision decision = table.tell(table.complete(0, true));
  EXPECT_EQ(decision.refused, Reason::lease_over);
  ASSERT_TRUE(decision.event.has_value());
  EXPECT_EQ(table.attempt().state, AttemptState::uploading);
  EXPECT_TRUE(table.tell(Expire{table.attempt().ref()}).accepted());
}

TEST(Complete, WithSuccessNeedsTheUploadPhase) {
  for (const AttemptState state :
       {AttemptState::leased, AttemptState::starting, AttemptState::running}) {
    Table table = table_in(state);
    EXPECT_EQ(refusal(table, table.complete(0, true)), Reason::wrong_state);
    EXPECT_EQ(table.attempt().state, state);
  }
}

TEST(Report, ThatALaterOneHasOvertakenIsAlreadyDone) {
  Table table = table_in(AttemptState::uploading);
  EXPECT_EQ(refusal(table, Report{table.credentials(), AttemptState::running}),
            Reason::already_done);
  EXPECT_EQ(table.attempt().state, AttemptState::uploading);
}

TEST(Report, CannotSkipAPhaseOrGoBack) {
  Table table = table_in(AttemptState::starting);
  EXPECT_EQ(refusal(table, Report{table.credentials(), AttemptState::uploading}),
            Reason::wrong_state);
  table = table_in(AttemptState::uploading);
  EXPECT_EQ(refusal(table, Report{table.credentials(), AttemptState::starting}),
            Reason::wrong_state);
  EXPECT_EQ(refusal(table, Report{table.credentials(), AttemptState::succeeded}),
            Reason::wrong_state);
}

TEST(Revoke, TakesALiveLeaseOnly) {
  Table table = table_in(AttemptState::running);
  const AttemptRef ref = table.attempt().ref();
  EXPECT_EQ(refusal(table, Revoke{ref}), std::nullopt);
  EXPECT_EQ(lease_state(*table.rows.attempt(ref.attempt)), LeaseState::revoked);
  EXPECT_EQ(refusal(table, Revoke{ref}), Reason::lease_over);
}

}  // namespace
}  // namespace delta::test
