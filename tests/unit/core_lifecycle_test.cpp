// How attempts, jobs and runs end: retries and their two bounds, skipping, deadlines, cancelling.
#include <gtest/gtest.h>

#include "tests/model/table.h"

namespace delta::test {
namespace {

JobSpec job_with(std::vector<std::uint32_t> needs, bool required = true) {
  JobSpec job;
  job.needs = std::move(needs);
  job.required = required;
  return job;
}

SharedSpec one_job(RetryPolicy retry) {
  JobSpec job;
  job.retry = retry;
  return spec_of({job});
}

SharedSpec diamond() {
  return spec_of({job_with({}), job_with({0}), job_with({0}), job_with({1, 2})});
}

/// 0 before 1.
SharedSpec chain(bool first_required = true, bool second_required = true) {
  return spec_of({job_with({}, first_required), job_with({0}, second_required)});
}

void fail(Table& table, std::uint32_t index, FailureClass failure = FailureClass::user) {
  table.bring(index, AttemptState::running);
  table.must(table.complete(index, false, failure));
}

void lose(Table& table, std::uint32_t index) {
  table.bring(index, AttemptState::running);
  table.must(Revoke{table.attempt(index).ref()});
}

// Retries

TEST(Retries, OfFailuresEndAtMaxAttempts) {
  Table table(one_job({.max_attempts = 3, .max_losses = 9}));
  fail(table, 0, FailureClass::infrastructure);
  fail(table, 0, FailureClass::infrastructure);
  EXPECT_EQ(table.job().state, JobState::open);
  fail(table, 0, FailureClass::infrastructure);
  EXPECT_EQ(table.job().state, JobState::failed);
  EXPECT_EQ(table.job().attempts, 3);
  EXPECT_EQ(table.run().state, RunState::failed);
}

TEST(Retries, OfLossesEndAfterMaxLosses) {
  Table table(one_job({.max_attempts = 1, .max_losses = 2}));
  lose(table, 0);
  lose(table, 0);
  EXPECT_EQ(table.job().state, JobState::open);
  lose(table, 0);
  EXPECT_EQ(table.job().state, JobState::failed);
  EXPECT_EQ(table.job().attempts, 3);
}

TEST(Retries, CountLossesAndFailuresApart) {
  Table table(one_job({.max_attempts = 2, .max_losses = 2}));
  lose(table, 0);
  fail(table, 0, FailureClass::infrastructure);
  lose(table, 0);
  EXPECT_EQ(table.job().state, JobState::open);
  EXPECT_EQ(table.job().losses, 2);
  EXPECT_EQ(table.job().failures, 1);
  table.bring(0, AttemptState::succeeded);
  EXPECT_EQ(table.run().state, RunState::succeeded);
}

TEST(Retries, WithoutLossesAllowedTheFirstLossEndsTheJob) {
  Table table(one_job({.max_attempts = 9, .max_losses = 0}));
  lose(table, 0);
  EXPECT_EQ(table.job().state, JobState::failed);
}

TEST(Retries, NeverFollowAUserFailureByDefault) {
  Table table(one_job({}));
  fail(table, 0, FailureClass::user);
  EXPECT_EQ(table.job().state, JobState::failed);
  EXPECT_EQ(table.job().attempts, 1);
}

TEST(Retries, FollowWhatThePolicyNames) {
  Table user(one_job({.retry_infrastructure = false, .retry_user = true}));
  fail(user, 0, FailureClass::user);
  EXPECT_EQ(user.job().state, JobState::open);
  Table infrastructure(one_job({.retry_infrastructure = false, .retry_user = true}));
  fail(infrastructure, 0, FailureClass::infrastructure);
  EXPECT_EQ(infrastructure.job().state, JobState::failed);
}

TEST(Retries, AreNotBoughtByARunnerThatCallsItsFailureALoss) {
  // Only the lease's end makes a loss; a runner that answers has not lost its lease.
  Table table(one_job({.max_attempts = 1, .max_losses = 5}));
  fail(table, 0, FailureClass::lost);
  EXPECT_EQ(table.job().losses, 0);
  EXPECT_EQ(table.job().state, JobState::failed);
}

TEST(Retries, BackOffLongerEachTimeWithinBounds) {
  Table table(one_job({.max_attempts = 9}));
  Duration most = table.settings.retry_backoff;
  for (int i = 0; i < 8; ++i) {
    fail(table, 0, FailureClass::infrastructure);
    const Duration pause = table.attempt().available_at - table.context.now;
    EXPECT_GE(pause, most / 2);
    EXPECT_LE(pause, most);
    most = std::min(2 * most, table.settings.retry_backoff_max);
  }
}

TEST(Retries, AreDispatchedWhenTheyAreDue) {
  Table table(one_job({}));
  table.bring(0, AttemptState::running);
  const Decision decision = table.tell(table.complete(0, false, FailureClass::infrastructure));
  ASSERT_EQ(decision.dispatches.size(), 1U);
  EXPECT_EQ(decision.dispatches[0].attempt, table.attempt().id);
  EXPECT_EQ(decision.dispatches[0].due, table.attempt().available_at);
  EXPECT_EQ(table.attempt().number, 2);
}

// Runs

TEST(Run, StartsWithItsFirstStart) {
  Table table(chain());
  table.bring(0, AttemptState::leased);
  EXPECT_EQ(table.run().state, RunState::queued);
  table.must(Start{table.credentials()});
  EXPECT_EQ(table.run().state, RunState::running);
}

TEST(Run, SucceedsWhenAJobThatMayFailFails) {
  Table table(spec_of({job_with({}), job_with({}, false)}));
  fail(table, 1);
  EXPECT_EQ(table.run().state, RunState::running);
  table.bring(0, AttemptState::succeeded);
  EXPECT_EQ(table.run().state, RunState::succeeded);
  EXPECT_EQ(table.run().finished_at, table.context.now);
}

TEST(Run, FailsOnlyWhenEveryJobHasEnded) {
  Table table(spec_of({job_with({}), job_with({})}));
  fail(table, 0);
  EXPECT_EQ(table.run().state, RunState::running);
  EXPECT_EQ(table.run().finished_at, kNever);
  table.bring(1, AttemptState::succeeded);
  EXPECT_EQ(table.run().state, RunState::failed);
}

TEST(Run, FailsWhenARequiredJobIsSkippedAfterOneThatMayFail) {
  Table table(chain(false, true));
  fail(table, 0);
  EXPECT_EQ(table.job(1).state, JobState::skipped);
  EXPECT_EQ(table.run().state, RunState::failed);
}

// Dependencies

TEST(Dependents, AreDispatchedWhenTheLastNeedSucceeds) {
  Table table(diamond());
  table.bring(0, AttemptState::uploading);
  EXPECT_EQ(table.tell(table.complete(0, true)).dispatches.size(), 2U);
  table.bring(1, AttemptState::succeeded);
  EXPECT_EQ(table.attempt(3).state, AttemptState::waiting);
  table.bring(2, AttemptState::uploading);
  const Decision last = table.tell(table.complete(2, true));
  ASSERT_EQ(last.dispatches.size(), 1U);
  EXPECT_EQ(last.dispatches[0].attempt, table.attempt(3).id);
  EXPECT_EQ(table.attempt(3).state, AttemptState::queued);
}

TEST(Dependents, OfADiamondAreSkippedOnceWhenTheTopFails) {
  Table table(diamond());
  fail(table, 0);
  for (const std::uint32_t index : {1U, 2U, 3U}) {
    EXPECT_EQ(table.job(index).state, JobState::skipped);
    EXPECT_EQ(table.attempt(index).state, AttemptState::skipped);
  }
  EXPECT_EQ(table.run().open_jobs, 0U);
  EXPECT_EQ(table.run().state, RunState::failed);
}

TEST(Dependents, AreSkippedAtOnceWhenOneSideFails) {
  Table table(diamond());
  table.bring(0, AttemptState::succeeded);
  fail(table, 1);
  EXPECT_EQ(table.job(3).state, JobState::skipped);
  EXPECT_EQ(table.run().state, RunState::running);
  table.bring(2, AttemptState::succeeded);
  EXPECT_EQ(table.attempt(3).state, AttemptState::skipped);
  EXPECT_EQ(table.run().state, RunState::failed);
}

TEST(Dependents, AreSkippedWhenBothSidesFail) {
  Table table(diamond());
  table.bring(0, AttemptState::succeeded);
  fail(table, 1);
  fail(table, 2);
  EXPECT_EQ(table.job(3).state, JobState::skipped);
  EXPECT_EQ(table.run().open_jobs, 0U);
  EXPECT_EQ(table.run().state, RunState::failed);
}

// Deadlines

TEST(JobTimeout, CountsFromTheStartAndIsRetried) {
  JobSpec job;
  job.timeout = 10min;
  Table table(spec_of({job}));
  table.bring(0, AttemptState::leased);
  table.pass(20s);
  table.must(Start{table.credentials()});
  const AttemptRef ref = table.attempt().ref();
  EXPECT_EQ(table.attempt().deadline, kStart + 20s + 10min);
  table.context.now = kStart + 20s + 10min - 1ns;
  EXPECT_EQ(table.tell(TimeOut{ref}).refused, Reason::not_due);
  table.pass(1ns);
  table.must(TimeOut{ref});
  EXPECT_EQ(table.rows.attempt(ref.attempt)->state, AttemptState::timed_out);
  EXPECT_EQ(table.job().failures, 1);
  EXPECT_EQ(table.attempt().number, 2);
}

TEST(JobTimeout, OfTheLastTryTimesTheRunOut) {
  JobSpec job;
  job.timeout = 10min;
  job.retry.max_attempts = 1;
  Table table(spec_of({job}));
  table.bring(0, AttemptState::running);
  table.context.now = table.attempt().deadline;
  table.must(TimeOut{table.attempt().ref()});
  EXPECT_EQ(table.job().state, JobState::timed_out);
  EXPECT_EQ(table.run().state, RunState::timed_out);
}

TEST(QueueTimeout, EndsTheJobWithoutARetry) {
  JobSpec job;
  job.queue_timeout = 5min;
  Table table(spec_of({job}));
  table.context.now = kStart + 5min - 1ns;
  EXPECT_EQ(table.tell(TimeOut{table.attempt().ref()}).refused, Reason::not_due);
  table.pass(1ns);
  table.must(TimeOut{table.attempt().ref()});
  EXPECT_EQ(table.job().state, JobState::timed_out);
  EXPECT_EQ(table.job().attempts, 1);
  EXPECT_EQ(table.run().state, RunState::timed_out);
}

TEST(QueueTimeout, NoLongerCountsOnceLeased) {
  JobSpec job;
  job.queue_timeout = 5min;
  Table table(spec_of({job}));
  table.bring(0, AttemptState::leased);
  EXPECT_EQ(table.attempt().queue_deadline, kNever);
  table.pass(24h);
  EXPECT_EQ(table.tell(TimeOut{table.attempt().ref()}).refused, Reason::not_due);
}

TEST(RunTimeout, EndsEveryOpenJobAtOnce) {
  Table table(spec_of({job_with({}), job_with({}), job_with({}), job_with({})}, 1h));
  table.bring(0, AttemptState::succeeded);
  table.bring(1, AttemptState::running);
  table.bring(2, AttemptState::leased);
  table.context.now = kStart + 1h - 1ns;
  EXPECT_EQ(table.tell(RunTimeOut{kRun}).refused, Reason::not_due);
  table.pass(1ns);
  table.must(RunTimeOut{kRun});
  EXPECT_EQ(table.job(0).state, JobState::succeeded);
  for (const std::uint32_t index : {1U, 2U, 3U}) {
    EXPECT_EQ(table.attempt(index).state, AttemptState::timed_out);
  }
  EXPECT_EQ(lease_state(table.attempt(1)), LeaseState::revoked);
  EXPECT_EQ(table.run().state, RunState::timed_out);
}

TEST(RunTimeout, MakesTheRunTimedOutAlsoWhenJobsStillWait) {
  Table table(spec_of({job_with({}), job_with({0})}, 1h));
  table.bring(0, AttemptState::running);
  table.context.now = kStart + 1h;
  table.must(RunTimeOut{kRun});
  EXPECT_EQ(table.job(0).state, JobState::timed_out);
  EXPECT_EQ(table.job(1).state, JobState::skipped);
  EXPECT_EQ(table.run().state, RunState::timed_out);
}

TEST(RunTimeout, KeepsTheCancellationThatIsUnderWay) {
  Table table(spec_of({job_with({})}, 1h));
  table.bring(0, AttemptState::running);
  table.must(Cancel{kRun});
  table.pass(2h);
  EXPECT_EQ(table.tell(RunTimeOut{kRun}).refused, Reason::wrong_state);
}

TEST(RunTimeout, DoesNotTouchARunThatHasEnded) {
  Table table(spec_of({job_with({})}, 1h));
  table.bring(0, AttemptState::succeeded);
  table.pass(2h);
  EXPECT_EQ(table.tell(RunTimeOut{kRun}).refused, Reason::already_done);
  EXPECT_EQ(table.run().state, RunState::succeeded);
}

}  // namespace
}  // namespace delta::test
