// The checkers of jobs that need each other: dependency-order, roll-up, wake-up.
#include "tests/unit/checker_fixture.h"

namespace aftershock::checker_tests {
namespace {

class DependencyOrderTest : public CheckerTest {
 protected:
  DependencyOrderTest() : CheckerTest(make_dependency_order) {}
};

TEST_F(DependencyOrderTest, HoldsForADiamond) {
  submit(spec_of({job_named("build"), job_named("unit", {0}), job_named("lint", {0}),
                  job_named("ship", {1, 2})}));
  for (std::uint32_t job = 0; job < 4; ++job) succeeded(job);
  EXPECT_EQ(tables.run(kRun)->state, RunState::succeeded);
  expect_silence();
}

TEST_F(DependencyOrderTest, HoldsWhenAFailureSkipsAllThatComesAfter) {
  auto build = job_named("build");
  build.retry.max_attempts = 1;
  submit(spec_of({build, job_named("unit", {0}), job_named("ship", {1})}));
  running();
  step(failure());
  EXPECT_EQ(tables.job(kRun, 2)->state, JobState::skipped);
  expect_silence();
}

TEST_F(DependencyOrderTest, FindsALeaseBeforeWhatItNeeds) {
  submit(chain());
  WriteSet writes;
  writes.attempts.push_back({attempt(1), AttemptFence{}});
  writes.attempts.at(0).row.state = AttemptState::leased;
  commit(std::move(writes));
  expect_finding("may start before");
}

TEST_F(DependencyOrderTest, FindsAJobThatIsQueuedWithWhatItNeedsNotYetDone) {
  WriteSet writes = decided(Submit{kRun, chain()});
  for (AttemptWrite& write : writes.attempts) write.row.state = AttemptState::queued;
  commit(std::move(writes));
  expect_finding("may start before");
}

TEST_F(DependencyOrderTest, FindsAJobThatWasSkippedForNothing) {
  submit(chain());
  WriteSet writes;
  writes.jobs.push_back({*tables.job(kRun, 1), false});
  writes.jobs.at(0).row.state = JobState::skipped;
  commit(std::move(writes));
  expect_finding("skipped although nothing");
}

TEST_F(DependencyOrderTest, FindsAJobThatIsLeftWaitingForAFailedOne) {
  auto build = job_named("build");
  build.retry.max_attempts = 1;
  submit(spec_of({build, job_named("test", {0})}));
  running();
  WriteSet writes = decided(failure());
  std::erase_if(writes.jobs, [](const JobWrite& w) { return w.row.index == 1; });
  commit(std::move(writes));
  expect_finding("job 1 waits for one that will not succeed");
}

TEST_F(DependencyOrderTest, FindsAWrongCountOfNeeds) {
  WriteSet writes = decided(Submit{kRun, chain()});
  for (JobWrite& write : writes.jobs) write.row.unmet = 0;
  commit(std::move(writes));
  expect_finding("counts 0 unmet needs, it has 1");
}

class RollUpTest : public CheckerTest {
 protected:
  RollUpTest() : CheckerTest(make_roll_up) {}
};

TEST_F(RollUpTest, HoldsWhenOnlyAnOptionalJobFails) {
  auto lint = job_named("lint");
  lint.required = false;
  lint.retry.max_attempts = 1;
  submit(spec_of({job_named("build"), lint}));
  running(1);
  step(failure(1));
  succeeded(0);
  EXPECT_EQ(tables.run(kRun)->state, RunState::succeeded);
  expect_silence();
}

TEST_F(RollUpTest, HoldsForARunThatTimesOutAndForOneThatIsCancelled) {
  submit(spec_of({job_named("build")}, 40s));
  running();
  now = tables.run(kRun)->deadline;
  commit(RunTimeOut{kRun});
  EXPECT_EQ(tables.run(kRun)->state, RunState::timed_out);
  step(Submit{{7, 2}, chain()});
  step(Cancel{{7, 2}});
  EXPECT_EQ(tables.run({7, 2})->state, RunState::cancelled);
  expect_silence();
}

TEST_F(RollUpTest, HoldsWhenARequiredJobIsSkippedForAnOptionalOne) {
  auto build = job_named("build");
  build.required = false;
  build.retry.max_attempts = 1;
  submit(spec_of({build, job_named("test", {0})}));
  running();
  step(failure());
  EXPECT_EQ(tables.run(kRun)->state, RunState::failed);
  expect_silence();
}

TEST_F(RollUpTest, FindsARunThatEndsBeforeItsJobs) {
  submit(chain());
  uploading();
  WriteSet writes = decided(success());
  writes.runs.at(0).row.state = RunState::succeeded;
  writes.runs.at(0).row.finished_at = now;
  commit(std::move(writes));
  expect_finding("ended before its jobs");
}

TEST_F(RollUpTest, FindsAWrongEnd) {
  submit(single());
  uploading();
  WriteSet writes = decided(success());
  writes.runs.at(0).row.state = RunState::failed;
  commit(std::move(writes));
  expect_finding("jobs make it succeeded");
}

TEST_F(RollUpTest, FindsACancelledRunThatSaysItSucceeded) {
  submit(single());
  running();
  step(Cancel{kRun});
  WriteSet writes = decided(CancelAck{lease()});
  writes.runs.at(0).row.state = RunState::succeeded;
  commit(std::move(writes));
  expect_finding("jobs make it cancelled");
}

TEST_F(RollUpTest, FindsARunThatStaysOpen) {
  submit(single());
  uploading();
  WriteSet writes = decided(success());
  writes.runs.at(0).row.state = RunState::running;
  commit(std::move(writes));
  expect_finding("all jobs are decided but the run is not");
}

TEST_F(RollUpTest, FindsAnEndWithoutATime) {
  submit(single());
  uploading();
  WriteSet writes = decided(success());
  writes.runs.at(0).row.finished_at = kNever;
  commit(std::move(writes));
  expect_finding("no time of its end");
}

TEST_F(RollUpTest, FindsWrongCounters) {
  submit(chain());
  uploading();
  WriteSet writes = decided(success());
  writes.runs.at(0).row.required_failed = 1;
  commit(std::move(writes));
  expect_finding("counters are not its jobs'");
}

TEST_F(RollUpTest, FindsAJobThatDisagreesWithItsAttempt) {
  submit(chain());
  uploading();
  WriteSet writes = decided(success());
  for (JobWrite& write : writes.jobs) {
    if (write.row.index == 0) write.row.state = JobState::failed;
  }
  commit(std::move(writes));
  expect_finding("job 0 is failed while its attempt is succeeded");
}

class WakeUpTest : public CheckerTest {
 protected:
  WakeUpTest() : CheckerTest(make_wake_up) {}

  /// Commits what the message makes, with the current attempt of job 0 changed.
  template <class Change>
  void commit_changed(const Message& message, Change change) {
    WriteSet writes = decided(message);
    for (AttemptWrite& write : writes.attempts) {
      if (write.row.state != AttemptState::waiting) change(write.row);
    }
    commit(std::move(writes));
  }
};

TEST_F(WakeUpTest, FindsAQueuedAttemptWithoutAnOutboxRow) {
  WriteSet writes = decided(Submit{kRun, chain()});
  writes.outbox.clear();
  commit(std::move(writes));
  expect_finding("queued without an outbox row");
}

TEST_F(WakeUpTest, FindsARetryThatWaitsTooLong) {
  submit(single());
  running();
  commit_changed(failure(), [this](Attempt& row) {
    row.available_at = now + settings.retry_backoff_max + 1s;
  });
  expect_finding("becomes available too late");
}

TEST_F(WakeUpTest, FindsAGrantWithoutAnEnd) {
  submit(single());
  commit_changed(acquire(), [](Attempt& row) { row.expires_at = kNever; });
  expect_finding("outlives the window");
}

TEST_F(WakeUpTest, FindsALeaseWithoutAnEnd) {
  submit(single());
  acquired();
  commit_changed(Start{lease()}, [](Attempt& row) { row.expires_at = kNever; });
  expect_finding("outlives its TTL");
}

TEST_F(WakeUpTest, FindsACancellationWithoutADeadline) {
  submit(single());
  running();
  commit_changed(Cancel{kRun}, [](Attempt& row) { row.cancel_deadline = kNever; });
  expect_finding("no near deadline");
}

TEST_F(WakeUpTest, FindsAJobThatNobodyReleased) {
  submit(chain());
  uploading();
  WriteSet writes = decided(success());
  std::erase_if(writes.attempts,
                [](const AttemptWrite& w) { return w.row.state == AttemptState::queued; });
  commit(std::move(writes));
  expect_finding("waits although nothing is unmet");
}

TEST_F(WakeUpTest, FindsAnOpenRunWithoutOpenJobs) {
  submit(single());
  uploading();
  WriteSet writes = decided(success());
  writes.runs.at(0).row.state = RunState::running;
  commit(std::move(writes));
  expect_finding("open without an open job");
}

}  // namespace
}  // namespace aftershock::checker_tests
