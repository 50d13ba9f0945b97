// The checkers of what others rely on: acked-is-durable, fail-closed, one-effect-per-operation.
#include "tests/unit/checker_fixture.h"

namespace aftershock::checker_tests {
namespace {

class AckedIsDurableTest : public CheckerTest {
 protected:
  AckedIsDurableTest() : CheckerTest(make_acked_is_durable) {}

  void acknowledged_submission() {
    submit(chain());
    acknowledge(submit_request(), SubmitReply{kRun, tables.run(kRun)->audit});
  }
};

TEST_F(AckedIsDurableTest, FindsARunThatIsGone) {
  acknowledged_submission();
  tables = {};
  finish();
  expect_finding("acknowledged run is gone");
}

TEST_F(AckedIsDurableTest, FindsAWitnessedRunThatIsGone) {
  witnessed.push_back({kOperation, {kRun, {}}});
  finish();
  expect_finding("acknowledged run is gone");
}

TEST_F(AckedIsDurableTest, FindsARunWithOtherJobs) {
  acknowledged_submission();
  delta::Run altered = *tables.run(kRun);
  altered.spec = single();
  tables.put(altered);
  finish();
  expect_finding("other jobs");
}

TEST_F(AckedIsDurableTest, FindsAnAuditLogThatWasRewritten) {
  submit(chain());
  ChainHead head = tables.run(kRun)->audit;
  head.digest[0] ^= 1;
  acknowledge(submit_request(), SubmitReply{kRun, head});
  finish();
  expect_finding("chain head is not in the audit log");
}

TEST_F(AckedIsDurableTest, FindsACompletionThatIsGone) {
  submit(single());
  running();
  const sim::Tables before = tables;
  step(failure());
  acknowledge(CompleteRequest{{attempt().ref(), 1, token(0)}, false, {}, {}});
  tables = before;
  finish();
  expect_finding("acknowledged end of an attempt");
}

TEST_F(AckedIsDurableTest, FindsACancellationThatIsGone) {
  submit(single());
  running();
  step(Cancel{kRun});
  acknowledge(CancelAckRequest{held_lease()});
  finish();
  expect_finding("acknowledged end of an attempt");
}

class FailClosedTest : public CheckerTest {
 protected:
  FailClosedTest() : CheckerTest(make_fail_closed) {}
};

TEST_F(FailClosedTest, HoldsWhenAnswersFollowTheirCommits) {
  submit(single());
  acknowledge(submit_request(), SubmitReply{kRun, {}});
  acquired();
  acknowledge(acquire_request(), granted());
  step(Start{lease()});
  step(delta::Report{lease(), AttemptState::running});
  acknowledge(StartRequest{held_lease()});  // late, but no less true
  acknowledge(HeartbeatRequest{{}, {held_lease()}}, HeartbeatReply{{{attempt().id, {}, false}}});
  step(Cancel{kRun});
  acknowledge(CancelRequest{kOperation, kRun});
  step(CancelAck{lease()});
  acknowledge(CancelAckRequest{held_lease()});
  expect_silence();
}

TEST_F(FailClosedTest, FindsASubmissionWithoutItsRun) {
  acknowledge(submit_request(), SubmitReply{kRun, {}});
  expect_finding("without its run");
}

TEST_F(FailClosedTest, FindsACancellationThatIsNotCommitted) {
  submit(single());
  acknowledge(CancelRequest{kOperation, kRun});
  expect_finding("cancellation was acknowledged");
}

TEST_F(FailClosedTest, FindsAGrantThatIsNotCommitted) {
  submit(single());
  AcquireReply reply = granted();
  reply.grants.at(0).epoch = 1;
  acknowledge(acquire_request(), reply);
  expect_finding("grant was acknowledged");
}

TEST_F(FailClosedTest, FindsAGrantToAnotherRunnerOrWithAnotherToken) {
  submit(single());
  acquired();
  acknowledge(AcquireRequest{kOperation, RunnerId{5, 99}, token(0), 1, 0s}, granted());
  acknowledge(AcquireRequest{kOperation, RunnerId{5, 0}, token(99), 1, 0s}, granted());
  EXPECT_EQ(findings.size(), 2U);
  expect_finding("grant was acknowledged");
}

TEST_F(FailClosedTest, FindsAStartThatIsNotCommitted) {
  submit(single());
  acquired();
  acknowledge(StartRequest{held_lease()});
  expect_finding("start was acknowledged");
}

TEST_F(FailClosedTest, FindsAReportThatIsNotCommitted) {
  submit(single());
  running();
  acknowledge(ReportRequest{held_lease(), AttemptState::uploading});
  expect_finding("report was acknowledged");
}

TEST_F(FailClosedTest, FindsACompletionThatIsNotCommitted) {
  submit(single());
  running();
  acknowledge(CompleteRequest{held_lease(), false, {}, {}});
  expect_finding("completion was acknowledged");
}

TEST_F(FailClosedTest, FindsAnEndOfACancellationThatIsNotCommitted) {
  submit(single());
  running();
  step(Cancel{kRun});
  acknowledge(CancelAckRequest{held_lease()});
  expect_finding("end of a cancellation was acknowledged");
}

TEST_F(FailClosedTest, FindsAHeartbeatOfALeaseThatIsSomebodyElses) {
  submit(single());
  running();
  Lease other = held_lease();
  ++other.epoch;
  acknowledge(HeartbeatRequest{{}, {other}}, HeartbeatReply{{{attempt().id, {}, false}}});
  expect_finding("heartbeat was acknowledged");
}

TEST_F(FailClosedTest, DoesNotJudgeWhatWasRefused) {
  const Request request = submit_request();
  Response response;
  response.status = Status::unavailable;
  checker->on_acknowledged({request, response}, tables);
  EXPECT_TRUE(findings.empty());
}

class OneEffectTest : public CheckerTest {
 protected:
  OneEffectTest() : CheckerTest(make_one_effect_per_operation) {}
};

TEST_F(OneEffectTest, HoldsWhenAnOperationIsAnsweredAgain) {
  submit(single());
  acquired();
  for (int i = 0; i < 2; ++i) {
    acknowledge(submit_request(), SubmitReply{kRun, {}});
    acknowledge(acquire_request(), granted());
    acknowledge(acquire_request(), AcquireReply{});
  }
  expect_silence();
}

TEST_F(OneEffectTest, FindsAKeyThatIsWrittenTwice) {
  submit(single());
  WriteSet writes;
  writes.operations.push_back(tables.operations().begin()->second);
  commit(std::move(writes));
  expect_finding("was written twice");
}

TEST_F(OneEffectTest, FindsARunWithoutAnOperation) {
  WriteSet writes = decided(Submit{kRun, single()});
  writes.operations.clear();
  commit(std::move(writes));
  expect_finding("run was not created by exactly one operation");
}

TEST_F(OneEffectTest, FindsALeaseThatTwoOperationsGrant) {
  submit(single());
  WriteSet writes = decided(acquire());
  writes.operations.push_back(writes.operations.at(0));
  writes.operations.back().key.id = {8, 99};
  commit(std::move(writes));
  expect_finding("lease was not granted by exactly one operation");
}

TEST_F(OneEffectTest, FindsTwoRunsForOneSubmission) {
  acknowledge(submit_request(), SubmitReply{kRun, {}});
  acknowledge(submit_request(), SubmitReply{{7, 2}, {}});
  expect_finding("answered with two runs");
}

TEST_F(OneEffectTest, FindsAWitnessWhoSawAnotherRun) {
  acknowledge(submit_request(), SubmitReply{kRun, {}});
  witnessed.push_back({kOperation, {{7, 2}, {}}});
  finish();
  expect_finding("answered with two runs");
}

TEST_F(OneEffectTest, FindsARunThatIsStoredWithAnotherKey) {
  submit(single());
  acknowledge(SubmitRequest{{8, 99}, single()}, SubmitReply{kRun, {}});
  expect_finding("stored with another");
}

TEST_F(OneEffectTest, FindsMoreLeasesThanWereAskedFor) {
  submit(spec_of({job_named("build"), job_named("lint")}));
  AcquireReply both = granted(0);
  both.grants.push_back(granted(1).grants.at(0));
  acknowledge(acquire_request(), both);
  expect_finding("more leases than it asked for");
}

TEST_F(OneEffectTest, FindsTwoSetsOfLeasesForOneAcquire) {
  submit(spec_of({job_named("build"), job_named("lint")}));
  acknowledge(acquire_request(), granted(0));
  acknowledge(acquire_request(), granted(1));
  expect_finding("two sets of leases");
}

TEST_F(OneEffectTest, FindsTwoOperationsWithOneRun) {
  submit(single());
  StoredOperation copy = tables.operations().begin()->second;
  copy.key.id = {8, 99};
  tables.put(copy);
  finish();
  expect_finding("shares its run");
}

}  // namespace
}  // namespace aftershock::checker_tests
