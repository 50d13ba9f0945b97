// The checkers of leases and fences: one-live-lease and fenced-completion.
#include "tests/unit/checker_fixture.h"

namespace aftershock::checker_tests {
namespace {

class OneLiveLeaseTest : public CheckerTest {
 protected:
  OneLiveLeaseTest() : CheckerTest(make_one_live_lease) {}
};

TEST_F(OneLiveLeaseTest, HoldsWhenLeasesEndInTime) {
  settings.ack_window = 20s;
  auto job = job_named("build");
  job.timeout = 50s;
  submit(spec_of({job}));
  acquired();
  now += 20s;
  commit(Expire{attempt().ref()});
  running();
  now = attempt().deadline;
  commit(TimeOut{attempt().ref()});
  running();
  step(Revoke{attempt().ref()});
  running();
  step(Cancel{kRun});
  now = attempt().cancel_deadline;
  commit(ForceCancel{attempt().ref()});
  expect_silence();
}

TEST_F(OneLiveLeaseTest, HoldsWhenTheDeadlineOfTheRunEndsALease) {
  submit(spec_of({job_named("build")}, 40s));
  running();
  now = tables.run(kRun)->deadline;
  commit(RunTimeOut{kRun});
  expect_silence();
}

TEST_F(OneLiveLeaseTest, FindsASecondLiveAttemptOfAJob) {
  submit(single());
  running();
  Attempt second = attempt();
  second.id.lo += 1;
  second.epoch += 1;
  WriteSet writes;
  writes.attempts.push_back({second, std::nullopt});
  commit(std::move(writes));
  expect_finding("second attempt of the job is live");
}

TEST_F(OneLiveLeaseTest, FindsAHolderThatWasReplaced) {
  submit(single());
  running();
  WriteSet writes = decided(Heartbeat{lease()});
  writes.attempts.at(0).row.runner = RunnerId{5, 99};
  commit(std::move(writes));
  expect_finding("changed its holder");
}

TEST_F(OneLiveLeaseTest, FindsAnEpochThatDoesNotGrow) {
  submit(single());
  running();
  now = attempt().expires_at;
  commit(Expire{attempt().ref()});
  now = attempt().available_at;
  WriteSet writes = decided(acquire());
  writes.attempts.at(0).row.epoch = 1;
  commit(std::move(writes));
  expect_finding("epoch is not above");
}

TEST_F(OneLiveLeaseTest, FindsAnExpiryBeforeTheEndOfTheLease) {
  submit(single());
  running();
  const DbTime end = attempt().expires_at;
  now = end;
  WriteSet writes = decided(Expire{attempt().ref()});
  now = end - 2s;
  writes.audit.at(0).context.now = end - 1ns;
  commit(std::move(writes));
  expect_finding("taken from its holder");
}

TEST_F(OneLiveLeaseTest, FindsAnExpiryDecidedByAClockAheadOfTheDatabase) {
  submit(single());
  running();
  now = attempt().expires_at;
  WriteSet writes = decided(Expire{attempt().ref()});
  now -= 10s;  // when it becomes durable
  commit(std::move(writes));
  expect_finding("taken from its holder");
}

TEST_F(OneLiveLeaseTest, FindsALeaseThatWasShortenedAndThenExpired) {
  submit(single());
  running();
  WriteSet writes = decided(Heartbeat{lease()});
  writes.attempts.at(0).row.expires_at = now + 5s;
  commit(std::move(writes));
  now += 6s;
  commit(Expire{attempt().ref()});
  expect_finding("taken from its holder");
}

TEST_F(OneLiveLeaseTest, FindsAHolderThatWorksOnWhenItsLeaseExpires) {
  submit(single());
  running();
  checker->on_expiry(attempt(), false);
  EXPECT_TRUE(findings.empty());
  checker->on_expiry(attempt(), true);
  expect_finding("its holder works on");
}

TEST_F(OneLiveLeaseTest, FindsAnExpiryWithinTheGraceThatTheControlRowGave) {
  submit(single());
  running();
  now = attempt().expires_at - 1s;
  give_grace(30s);
  now += 2s;
  const sim::Tables committed = tables;
  tables.put(Control{});  // the reaper of this mistake does not look at the control row
  WriteSet writes = decided(Expire{attempt().ref()});
  tables = committed;
  commit(std::move(writes));
  expect_finding("taken from its holder");
}

TEST_F(OneLiveLeaseTest, DoesNotBindAnExpiryToAGraceThatCameAfterItsReading) {
  submit(single());
  running();
  now = attempt().expires_at;
  const WriteSet writes = decided(Expire{attempt().ref()});
  give_grace(30s);
  now += 1s;
  commit(writes);
  expect_silence();
}

TEST_F(OneLiveLeaseTest, FindsAForcedCancellationBeforeItsDeadline) {
  submit(single());
  running();
  step(Cancel{kRun});
  now = attempt().cancel_deadline;
  WriteSet writes = decided(ForceCancel{attempt().ref()});
  writes.audit.at(0).context.now -= 1ns;
  commit(std::move(writes));
  expect_finding("taken from its holder");
}

TEST_F(OneLiveLeaseTest, FindsATimeOutBeforeTheDeadline) {
  auto job = job_named("build");
  job.timeout = 50s;
  submit(spec_of({job}));
  running();
  now = attempt().deadline;
  WriteSet writes = decided(TimeOut{attempt().ref()});
  writes.audit.at(0).context.now -= 1ns;
  commit(std::move(writes));
  expect_finding("taken from its holder");
}

TEST_F(OneLiveLeaseTest, FindsATimeOutOfTheRunBeforeItsDeadline) {
  submit(spec_of({job_named("build")}, 40s));
  running();
  now = tables.run(kRun)->deadline;
  WriteSet writes = decided(RunTimeOut{kRun});
  writes.audit.at(0).context.now -= 1ns;
  commit(std::move(writes));
  expect_finding("taken from its holder");
}

TEST_F(OneLiveLeaseTest, FindsALeaseThatEndedWithoutAMessage) {
  submit(single());
  running();
  WriteSet writes = decided(Revoke{attempt().ref()});
  writes.audit.clear();
  commit(std::move(writes));
  expect_finding("without a message");
}

class FencedCompletionTest : public CheckerTest {
 protected:
  FencedCompletionTest() : CheckerTest(make_fenced_completion) {}

  /// A completion that somebody accepted with these credentials at this moment.
  void accept_completion(const Credentials& shown, DbTime when) {
    const DbTime commit_at = std::max(now, when);
    WriteSet writes = decided(Complete{lease(), false, FailureClass::user, {}});
    std::get<Complete>(writes.audit.at(0).what.message).lease = shown;
    writes.audit.at(0).context.now = when;
    now = commit_at;
    commit(std::move(writes));
  }
};

TEST_F(FencedCompletionTest, HoldsForABatchThatTouchesOneAttemptManyTimes) {
  submit(single());
  acquired();
  now += 29s;
  const std::vector<Message> batch{
      Start{lease()},     delta::Report{lease(), AttemptState::running},
      Heartbeat{lease()}, delta::Report{lease(), AttemptState::uploading},
      success(),          failure()};
  commit(decided(batch));
  EXPECT_EQ(attempt().state, AttemptState::succeeded);
  expect_silence();
}

TEST_F(FencedCompletionTest, FindsACheckpointOfALeaseThatIsOver) {
  JobSpec build = job_named("build");
  build.command.clear();
  build.steps = {{"compile", "true"}, {"link", "true"}};
  submit(spec_of({build}));
  running();
  WriteSet writes = decided(SaveCheckpoint{lease(), {1, "[0]"}});
  now = attempt().expires_at;
  writes.audit.at(0).context.now = now;
  commit(std::move(writes));
  expect_finding("a checkpoint was accepted although the lease had ended");
}

TEST_F(FencedCompletionTest, HoldsForALeaseThatItsOwnBatchGranted) {
  submit(single());
  now += 1s;
  Credentials granted = lease();
  granted.epoch = 1;
  granted.token_hash = hash_token(token(0));
  const std::vector<Message> batch{acquire(), Start{granted}};
  commit(decided(batch));
  EXPECT_EQ(attempt().state, AttemptState::starting);
  expect_silence();
}

TEST_F(FencedCompletionTest, HoldsWithinTheGraceAfterAnOutage) {
  submit(single());
  running();
  now = attempt().expires_at;
  give_grace(30s);
  now += 29s;
  commit(Heartbeat{lease()});
  step(failure());
  expect_silence();
}

TEST_F(FencedCompletionTest, FindsAnotherEpoch) {
  submit(single());
  running();
  Credentials shown = lease();
  ++shown.epoch;
  accept_completion(shown, now);
  expect_finding("credentials are not the lease's");
}

TEST_F(FencedCompletionTest, FindsAnotherToken) {
  submit(single());
  running();
  Credentials shown = lease();
  shown.token_hash = hash_token(token(99));
  accept_completion(shown, now);
  expect_finding("credentials are not the lease's");
}

TEST_F(FencedCompletionTest, FindsAMessageAfterTheEndOfTheLease) {
  submit(single());
  running();
  accept_completion(lease(), attempt().expires_at);
  expect_finding("the lease had ended");
}

TEST_F(FencedCompletionTest, DoesNotBelieveAGraceThatTheControlRowNeverGave) {
  submit(single());
  sweep();
  running();
  const DbTime late = attempt().expires_at + 1s;
  WriteSet writes = decided(failure());
  writes.audit.at(0).context.now = late;
  writes.audit.at(0).context.grace_until = late + 1h;
  now = late;
  commit(std::move(writes));
  expect_finding("the lease had ended");
}

TEST_F(FencedCompletionTest, FindsALeaseOfAnOlderGeneration) {
  submit(single());
  running();
  WriteSet writes = decided(failure());
  writes.audit.at(0).context.generation = 2;
  commit(std::move(writes));
  expect_finding("another generation");
}

TEST_F(FencedCompletionTest, FindsACompletionAcceptedTwiceInOneBatch) {
  submit(single());
  running();
  WriteSet writes = decided(failure());
  writes.audit.push_back(writes.audit.at(0));
  writes.audit.back().serial = 99;
  commit(std::move(writes));
  expect_finding("nobody holds a lease");
}

TEST_F(FencedCompletionTest, FindsAMessageForAnAttemptThatDoesNotExist) {
  submit(single());
  running();
  WriteSet writes = decided(failure());
  writes.attempts.clear();
  commit(std::move(writes));
  expect_finding("there is no such lease");
}

TEST_F(FencedCompletionTest, FindsAHeartbeatAfterTheEndOfTheLease) {
  submit(single());
  sweep();
  running();
  const DbTime end = attempt().expires_at;
  WriteSet writes = decided(Heartbeat{lease()});
  now = end;
  writes.attempts.at(0).row.expires_at = end + settings.lease_ttl;
  commit(std::move(writes));
  expect_finding("after its end");
}

TEST_F(FencedCompletionTest, FindsTheRenewalOfALeaseThatIsBeingCancelled) {
  submit(single());
  running();
  step(Cancel{kRun});
  WriteSet writes;
  writes.attempts.push_back({attempt(), AttemptFence{}});
  writes.attempts.at(0).row.expires_at += 1s;
  commit(std::move(writes));
  expect_finding("being cancelled");
}

}  // namespace
}  // namespace aftershock::checker_tests
