// Cancellation: bounded by a deadline, and what counts as cancelled.
#include <gtest/gtest.h>

#include "tests/model/table.h"

namespace delta::test {
namespace {

SharedSpec one_job() { return spec_of({JobSpec{}}); }

/// 0 before 1.
SharedSpec chain() {
  JobSpec second;
  second.needs = {0};
  return spec_of({JobSpec{}, second});
}

TEST(Cancel, EndsAQueuedRunAtOnce) {
  Table table(chain());
  table.must(Cancel{kRun});
  EXPECT_EQ(table.run().state, RunState::cancelled);
  EXPECT_EQ(table.run().open_jobs, 0U);
  EXPECT_EQ(table.tell(Acquire{table.attempt().id, runner_id(1), token_of(1)}).refused,
            Reason::not_available);
}

class CancelOfLive : public testing::TestWithParam<AttemptState> {};

TEST_P(CancelOfLive, AsksTheRunnerAndSetsADeadline) {
  Table table(chain());
  table.bring(0, GetParam());
  table.must(Cancel{kRun});
  EXPECT_EQ(table.run().state, RunState::cancel_requested);
  EXPECT_EQ(table.attempt().state, AttemptState::cancel_requested);
  EXPECT_EQ(table.attempt().cancel_deadline, kStart + table.settings.cancel_deadline);
  EXPECT_EQ(table.attempt(1).state, AttemptState::cancelled);
  table.must(CancelAck{table.credentials()});
  EXPECT_EQ(table.run().state, RunState::cancelled);
}

TEST_P(CancelOfLive, IsForcedAtTheDeadlineAndALateCompletionIsOnRecord) {
  Table table(chain());
  table.bring(0, GetParam());
  table.must(Cancel{kRun});
  const Message late = table.complete(0, true);
  const AttemptRef ref = table.attempt().ref();
  table.context.now = table.attempt().cancel_deadline - 1ns;
  EXPECT_EQ(table.tell(ForceCancel{ref}).refused, Reason::not_due);
  table.pass(1ns);
  table.must(ForceCancel{ref});
  EXPECT_EQ(table.attempt().state, AttemptState::cancelled);
  EXPECT_EQ(table.run().state, RunState::cancelled);
  const Decision decision = table.tell(late);
  EXPECT_EQ(decision.refused, Reason::lease_over);
  ASSERT_TRUE(decision.event.has_value());
  EXPECT_EQ(decision.event->refused, Reason::lease_over);
}

TEST_P(CancelOfLive, ALeaseThatEndsMeanwhileCountsAsCancelledNotAsLost) {
  Table table(chain());
  table.bring(0, GetParam());
  table.must(Cancel{kRun});
  table.context.now = table.attempt().expires_at;
  table.must(Expire{table.attempt().ref()});
  EXPECT_EQ(table.attempt().state, AttemptState::cancelled);
  EXPECT_EQ(table.job().losses, 0);
  EXPECT_EQ(table.job().attempts, 1);
  EXPECT_EQ(table.run().state, RunState::cancelled);
}

TEST_P(CancelOfLive, ACompletionMeanwhileCountsAsCancelled) {
  for (const bool succeeded : {true, false}) {
    Table table(chain());
    table.bring(0, GetParam());
    table.must(Cancel{kRun});
    table.must(table.complete(0, succeeded, FailureClass::infrastructure));
    EXPECT_EQ(table.attempt().state, AttemptState::cancelled);
    EXPECT_EQ(table.job().state, JobState::cancelled);
    EXPECT_EQ(table.run().state, RunState::cancelled);
  }
}

TEST_P(CancelOfLive, HeartbeatsDoNotProlongIt) {
  Table table(chain());
  table.bring(0, GetParam());
  table.must(Cancel{kRun});
  const Attempt before = table.attempt();
  table.pass(1s);
  table.must(Heartbeat{table.credentials()});
  EXPECT_EQ(table.attempt().expires_at, before.expires_at);
  EXPECT_EQ(table.attempt().cancel_deadline, before.cancel_deadline);
}

TEST_P(CancelOfLive, NoOtherProgressIsAccepted) {
  Table table(chain());
  table.bring(0, GetParam());
  table.must(Cancel{kRun});
  EXPECT_EQ(table.tell(Start{table.credentials()}).refused, Reason::wrong_state);
  EXPECT_EQ(table.tell(Report{table.credentials(), AttemptState::running}).refused,
            Reason::wrong_state);
  EXPECT_EQ(table.tell(TimeOut{table.attempt().ref()}).refused, Reason::not_due);
}

INSTANTIATE_TEST_SUITE_P(Phases, CancelOfLive,
                         testing::Values(AttemptState::leased, AttemptState::starting,
                                         AttemptState::running, AttemptState::uploading));

TEST(Cancel, KeepsWhatHasSucceeded) {
  Table table(chain());
  table.bring(0, AttemptState::succeeded);
  table.must(Cancel{kRun});
  EXPECT_EQ(table.job(0).state, JobState::succeeded);
  EXPECT_EQ(table.job(1).state, JobState::cancelled);
  EXPECT_EQ(table.run().state, RunState::cancelled);
}

TEST(Cancel, StopsARetryThatWaitsForItsTime) {
  Table table(one_job());
  table.bring(0, AttemptState::running);
  table.must(table.complete(0, false, FailureClass::infrastructure));
  table.must(Cancel{kRun});
  EXPECT_EQ(table.attempt().state, AttemptState::cancelled);
  EXPECT_EQ(table.run().state, RunState::cancelled);
}

TEST(Cancel, DoesNotReopenARunThatHasEnded) {
  Table table(one_job());
  table.bring(0, AttemptState::running);
  table.must(table.complete(0, false));
  EXPECT_EQ(table.tell(Cancel{kRun}).refused, Reason::wrong_state);
  EXPECT_EQ(table.run().state, RunState::failed);
}

TEST(Cancel, OfARunThatDoesNotExistIsNotFound) {
  Table table(one_job());
  EXPECT_EQ((table.tell(Cancel{{8, 8}}).refused), Reason::not_found);
}

}  // namespace
}  // namespace delta::test
