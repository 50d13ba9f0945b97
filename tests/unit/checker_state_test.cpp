// The checkers of states and counters: terminal-is-final, legal-transition, attempts-bounded,
// cancel-bounded.
#include "tests/unit/checker_fixture.h"

namespace aftershock::checker_tests {
namespace {

using enum AttemptState;

class TerminalIsFinalTest : public CheckerTest {
 protected:
  TerminalIsFinalTest() : CheckerTest(make_terminal_is_final) {}
};

TEST_F(TerminalIsFinalTest, HoldsWhenALateCompletionGoesOnRecord) {
  submit(single());
  running();
  const Credentials old = lease();
  step(Revoke{attempt().ref()});
  step(Complete{old, true, FailureClass::user, {}});
  expect_silence();
}

TEST_F(TerminalIsFinalTest, FindsAnAttemptThatRoseFromTheDead) {
  submit(single());
  succeeded();
  WriteSet writes;
  writes.attempts.push_back({attempt(), AttemptFence{}});
  writes.attempts.at(0).row.state = AttemptState::running;
  commit(std::move(writes));
  expect_finding("terminal row was changed");
}

TEST_F(TerminalIsFinalTest, FindsAnEpochThatGrewAfterTheEnd) {
  submit(single());
  succeeded();
  WriteSet writes;
  writes.attempts.push_back({attempt(), AttemptFence{}});
  ++writes.attempts.at(0).row.epoch;
  commit(std::move(writes));
  expect_finding("terminal row was changed");
}

TEST_F(TerminalIsFinalTest, FindsAJobThatIsCountedOn) {
  submit(single());
  succeeded();
  WriteSet writes;
  writes.jobs.push_back({*tables.job(kRun, 0), false});
  ++writes.jobs.at(0).row.failures;
  commit(std::move(writes));
  expect_finding("terminal row was changed");
}

TEST_F(TerminalIsFinalTest, FindsARunThatEndsAgain) {
  submit(single());
  succeeded();
  WriteSet writes;
  writes.runs.push_back({*tables.run(kRun), RunState::succeeded});
  writes.runs.at(0).row.finished_at += 1s;
  commit(std::move(writes));
  expect_finding("terminal row was changed");
}

class LegalTransitionTest : public CheckerTest {
 protected:
  LegalTransitionTest() : CheckerTest(make_legal_transition) {}
};

TEST_F(LegalTransitionTest, HoldsForABatchOfMessagesAndTheirConsequences) {
  submit(chain());
  uploading();
  now += 1s;
  // test: waiting -> queued by the success of build, then -> cancelled by the cancellation.
  const std::vector<Message> batch{success(), Cancel{kRun}};
  commit(decided(batch));
  EXPECT_EQ(attempt(1).state, cancelled);
  EXPECT_EQ(tables.run(kRun)->state, RunState::cancelled);
  expect_silence();
}

TEST_F(LegalTransitionTest, HoldsForARunThatIsSubmittedAndCancelledAtOnce) {
  const std::vector<Message> batch{Submit{kRun, chain()}, Cancel{kRun}};
  commit(decided(batch));
  EXPECT_EQ(attempt(1).state, cancelled);
  expect_silence();
}

TEST_F(LegalTransitionTest, HoldsForARunThatTimesOut) {
  submit(spec_of({job_named("build"), job_named("lint"), job_named("test", {0})}, 40s));
  running();
  now = tables.run(kRun)->deadline;
  commit(RunTimeOut{kRun});
  EXPECT_EQ(attempt(0).state, timed_out);
  EXPECT_EQ(attempt(1).state, timed_out);
  EXPECT_EQ(attempt(2).state, skipped);
  expect_silence();
}

TEST_F(LegalTransitionTest, HoldsForARunThatFailsBeforeItWasStarted) {
  auto job = job_named("build");
  job.retry.max_losses = 0;
  submit(spec_of({job}));
  acquired();
  now = attempt().expires_at;
  commit(Expire{attempt().ref()});
  EXPECT_EQ(tables.run(kRun)->state, RunState::failed);
  expect_silence();
}

TEST_F(LegalTransitionTest, FindsAStepThatTheTableDoesNotHave) {
  submit(single());
  acquired();
  WriteSet writes = decided(Start{lease()});
  writes.attempts.at(0).row.state = AttemptState::uploading;
  writes.audit.at(0).to = static_cast<std::uint8_t>(AttemptState::uploading);
  commit(std::move(writes));
  expect_finding("leased -> uploading is no path");
}

TEST_F(LegalTransitionTest, FindsAnEdgeThatItsMessageMayNotTake) {
  submit(single());
  running();
  WriteSet writes = decided(failure());
  writes.audit.at(0).what.message = Expire{attempt().ref()};
  commit(std::move(writes));
  expect_finding("running -> failed is no path");
}

TEST_F(LegalTransitionTest, FindsAChangeThatNoMessageExplains) {
  submit(single());
  running();
  WriteSet writes;
  writes.attempts.push_back({attempt(), AttemptFence{}});
  writes.attempts.at(0).row.state = AttemptState::uploading;
  commit(std::move(writes));
  expect_finding("running -> uploading is no path");
}

TEST_F(LegalTransitionTest, FindsAChangeThatARefusedMessageMade) {
  submit(single());
  running();
  WriteSet writes = decided(failure());
  writes.audit.at(0).refused = Reason::lease_over;
  commit(std::move(writes));
  expect_finding("is no path");
}

TEST_F(LegalTransitionTest, FindsAMessageFromAnotherState) {
  submit(single());
  running();
  WriteSet writes = decided(failure());
  writes.audit.at(0).from = static_cast<std::uint8_t>(starting);
  commit(std::move(writes));
  expect_finding("running -> failed is no path");
}

TEST_F(LegalTransitionTest, FindsAnAttemptThatIsBornLeased) {
  WriteSet writes = decided(Submit{kRun, single()});
  writes.attempts.at(0).row.state = leased;
  commit(std::move(writes));
  expect_finding("no row -> leased is no path");
}

TEST_F(LegalTransitionTest, FindsARetryThatNoEndOfATryCreated) {
  submit(single());
  running();
  WriteSet writes;
  writes.attempts.push_back({attempt(), std::nullopt});
  writes.attempts.at(0).row.id.lo += 1;
  writes.attempts.at(0).row.state = queued;
  commit(std::move(writes));
  expect_finding("no row -> queued is no path");
}

TEST_F(LegalTransitionTest, FindsARunThatForgetsItsCancellation) {
  submit(single());
  running();
  step(Cancel{kRun});
  WriteSet writes = decided(CancelAck{lease()});
  writes.runs.at(0).row.state = RunState::failed;
  commit(std::move(writes));
  expect_finding("cancel_requested -> failed is no path");
}

TEST_F(LegalTransitionTest, FindsARunThatIsBornRunning) {
  WriteSet writes = decided(Submit{kRun, single()});
  writes.runs.at(0).row.state = RunState::running;
  commit(std::move(writes));
  expect_finding("no row -> running is no path");
}

class AttemptsBoundedTest : public CheckerTest {
 protected:
  AttemptsBoundedTest() : CheckerTest(make_attempts_bounded) {}

  static SharedSpec bounded(std::uint16_t failures, std::uint16_t losses) {
    auto job = job_named("build");
    job.retry.max_attempts = failures;
    job.retry.max_losses = losses;
    return spec_of({job});
  }
  void lose() {
    running();
    step(Revoke{attempt().ref()});
  }
};

TEST_F(AttemptsBoundedTest, HoldsWhenBothBoundsAreUsedUp) {
  submit(bounded(2, 2));
  lose();
  lose();
  running();
  step(failure());
  lose();
  EXPECT_EQ(tables.run(kRun)->state, RunState::failed);
  EXPECT_EQ(tables.job(kRun, 0)->attempts, 4);
  expect_silence();
}

TEST_F(AttemptsBoundedTest, FindsANumberThatIsLeftOut) {
  submit(single());
  running();
  WriteSet writes = decided(failure());
  for (AttemptWrite& write : writes.attempts) {
    if (write.row.number == 2) write.row.number = 3;
  }
  commit(std::move(writes));
  expect_finding("number does not follow");
}

TEST_F(AttemptsBoundedTest, FindsATryTooMany) {
  submit(bounded(1, 0));
  running();
  WriteSet writes = decided(failure());
  writes.attempts.push_back({attempt(), std::nullopt});
  writes.attempts.back().row.id.lo += 1;
  writes.attempts.back().row.number = 2;
  commit(std::move(writes));
  expect_finding("more tries than");
}

TEST_F(AttemptsBoundedTest, FindsAFailureTooMany) {
  const SharedSpec generous = bounded(3, 9);
  submit(generous);
  running();
  step(failure());
  running();
  WriteSet writes = decided(failure());
  for (AttemptWrite& write : writes.attempts) write.row.spec = bounded(1, 9);
  commit(std::move(writes));
  expect_finding("more failures than");
}

TEST_F(AttemptsBoundedTest, FindsALossTooMany) {
  submit(bounded(9, 5));
  lose();
  running();
  WriteSet writes = decided(Revoke{attempt().ref()});
  for (AttemptWrite& write : writes.attempts) write.row.spec = bounded(9, 0);
  commit(std::move(writes));
  expect_finding("more lost leases than");
}

TEST_F(AttemptsBoundedTest, FindsALossThatTheJobDoesNotCount) {
  submit(single());
  running();
  WriteSet writes = decided(Revoke{attempt().ref()});
  writes.jobs.at(0).row.losses = 0;
  commit(std::move(writes));
  expect_finding("counters are not its attempts'");
}

class CancelBoundedTest : public CheckerTest {
 protected:
  explicit CancelBoundedTest(Factory make =
                                 [](Checker::Report report, const Settings& settings) {
                                   return make_cancel_bounded(std::move(report), settings, {});
                                 })
      : CheckerTest(make) {}

  void cancelling() {
    submit(single());
    running();
    step(Cancel{kRun});
  }
  void sweeps(int count) {
    for (int i = 0; i < count; ++i) {
      now += settings.sweep_interval;
      sweep();
    }
  }
};

TEST_F(CancelBoundedTest, HoldsWhenTheCancellationIsForcedAfterAFewFailedSweeps) {
  cancelling();
  now = attempt().cancel_deadline;
  sweeps(15);
  commit(ForceCancel{attempt().ref()});
  sweeps(15);
  finish();
  expect_silence();
}

TEST_F(CancelBoundedTest, ForgivesAnOutageOfAnyLength) {
  cancelling();
  now += 24h;
  sweeps(1);
  commit(ForceCancel{attempt().ref()});
  finish();
  expect_silence();
}

TEST_F(CancelBoundedTest, DoesNotCountSweepsThatWereFull) {
  settings.sweep_batch = 1;
  submit(spec_of({job_named("build"), job_named("lint")}));
  running();
  step(Cancel{kRun});
  now = attempt().cancel_deadline;
  WriteSet reaping;
  reaping.audit.push_back({});
  reaping.audit.at(0).what.message = Expire{};
  for (int i = 0; i < 40; ++i) {
    commit(reaping);
    sweeps(1);
  }
  EXPECT_TRUE(findings.empty());
}

TEST_F(CancelBoundedTest, FindsADeadlineThatIsTooFar) {
  submit(single());
  running();
  WriteSet writes = decided(Cancel{kRun});
  writes.attempts.at(0).row.cancel_deadline += 1ns;
  commit(std::move(writes));
  expect_finding("has its deadline at");
}

TEST_F(CancelBoundedTest, FindsACancellationWithoutADeadline) {
  submit(single());
  running();
  WriteSet writes = decided(Cancel{kRun});
  writes.attempts.at(0).row.cancel_deadline = kNever;
  commit(std::move(writes));
  expect_finding("has its deadline at never");
}

TEST_F(CancelBoundedTest, FindsADeadlineThatWasMoved) {
  cancelling();
  WriteSet writes;
  writes.attempts.push_back({attempt(), AttemptFence{}});
  writes.attempts.at(0).row.cancel_deadline += 1s;
  commit(std::move(writes));
  expect_finding("was moved");
}

TEST_F(CancelBoundedTest, FindsACancellationThatManySweepsPassBy) {
  cancelling();
  now = attempt().cancel_deadline;
  sweeps(15);
  EXPECT_TRUE(findings.empty());
  sweeps(5);
  expect_finding("still not done after 16 sweeps");
  EXPECT_EQ(findings.size(), 1U);
}

/// Somebody locks rows for two minutes.
class CancelBoundedUnderLocks : public CancelBoundedTest {
 protected:
  CancelBoundedUnderLocks()
      : CancelBoundedTest([](Checker::Report report, const Settings& of) {
          return make_cancel_bounded(std::move(report), of, 120s);
        }) {}
};

TEST_F(CancelBoundedUnderLocks, ForgivesTheSweepsThatSkipTheRow) {
  cancelling();
  now = attempt().cancel_deadline;
  sweeps(27);
  EXPECT_TRUE(findings.empty());
  sweeps(5);
  expect_finding("still not done after 28 sweeps");
}

TEST_F(CancelBoundedTest, FindsACancellationThatIsLeftAtTheEnd) {
  cancelling();
  now = attempt().cancel_deadline;
  finish();
  expect_finding("at the end");
}

}  // namespace
}  // namespace aftershock::checker_tests
