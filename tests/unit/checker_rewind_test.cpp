// What checkers say after a database went back in time: what was lost is no broken promise of the
// rows that are left, and what happens from then on is judged as before.
#include "tests/unit/checker_fixture.h"

namespace aftershock::checker_tests {
namespace {

class FailClosedRewindTest : public CheckerTest {
 protected:
  FailClosedRewindTest() : CheckerTest(make_fail_closed) {}
  void lose_everything_since(const sim::Tables& kept) {
    tables = kept;
    checker->on_rewind(tables);
  }
};

TEST_F(FailClosedRewindTest, AnAnswerOnItsWayWhoseCommitWasLostIsNoLie) {
  submit(single());
  acquired();
  const sim::Tables before = tables;
  step(Start{lease()});
  const Request started = StartRequest{held_lease()};
  lose_everything_since(before);
  acknowledge(started, {}, true);
  EXPECT_TRUE(findings.empty());
}

TEST_F(FailClosedRewindTest, NorIfItsRunWasWrittenMeanwhile) {
  submit(single());
  const sim::Tables before = tables;
  acquired();
  const Request request = acquire_request();
  const AcquireReply reply = granted();
  lose_everything_since(before);
  step(Cancel{kRun});
  acknowledge(request, reply, true);
  EXPECT_TRUE(findings.empty());
}

TEST_F(FailClosedRewindTest, AnAnswerToWhatWasAskedSinceIsJudged) {
  submit(single());
  const sim::Tables before = tables;
  acquired();
  lose_everything_since(before);
  acquired();
  acknowledge(StartRequest{held_lease()});
  expect_finding("start was acknowledged");
}

TEST_F(FailClosedRewindTest, AnAnswerAboutANewRunIsJudged) {
  submit(single());
  lose_everything_since({});
  submit(single());
  acquired();
  acknowledge(StartRequest{held_lease()});
  expect_finding("start was acknowledged");
}

class NoOrphansRewindTest : public CheckerTest {
 protected:
  NoOrphansRewindTest() : CheckerTest(make_no_orphans) {}
};

TEST_F(NoOrphansRewindTest, ArtifactsOfAHistoryThatWasGivenUpMayStay) {
  submit(single());
  store(stored_at("log"), 1);
  tables = {};
  finish();
  expect_finding("an artifact has no attempt");
  findings.clear();
  checker->on_rewind(tables);
  finish();
  EXPECT_TRUE(findings.empty());
}

TEST_F(NoOrphansRewindTest, NorNeedTheirLeaseBeTheOneThatItsAttemptHasNow) {
  submit(single());
  const sim::Tables before = tables;
  acquired();
  store(stored_at("log"), 1);
  tables = before;
  finish();
  expect_finding("of a lease that its attempt never had");
  findings.clear();
  checker->on_rewind(tables);
  finish();
  EXPECT_TRUE(findings.empty());
}

class ArtifactsAccountedRewindTest : public CheckerTest {
 protected:
  ArtifactsAccountedRewindTest() : CheckerTest(make_artifacts_accounted) {}
};

TEST_F(ArtifactsAccountedRewindTest, AZombieOfTheLostHistoryLeavesItsOwn) {
  submit(single());
  const sim::Tables before = tables;
  acquired();
  const std::string lost = stored_at("log");
  const std::string unknown = stored_at("another");
  tables = before;
  checker->on_rewind(tables);
  // The same attempt and epoch, and another holder with another token.
  step(Acquire{attempt().id, RunnerId{6, 0}, hash_token({78, 0})});
  step(Start{lease()});
  step(delta::Report{lease(), AttemptState::running});
  step(delta::Report{lease(), AttemptState::uploading});
  step(Complete{lease(), true, FailureClass::user, {{"log", ArtifactState::stored, 42}}});
  store(stored_at("log"), 42);
  store(lost, 43);
  store(unknown, 44);
  finish();
  expect_silence();
}

}  // namespace
}  // namespace aftershock::checker_tests
