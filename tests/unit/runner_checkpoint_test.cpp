// A job of several steps on the runner, against real orchestrator code in the simulated world.
#include "tests/unit/cluster_fixture.h"

namespace aftershock {
namespace {

using namespace std::chrono_literals;
using delta::AttemptState;
using delta::Checkpoint;
using delta::RunState;

class RunnerCheckpointTest : public ClusterTest {
 protected:
  static delta::SharedSpec job_of(std::uint32_t steps, delta::Duration each) {
    delta::RunSpec spec;
    delta::JobSpec& job = spec.jobs.emplace_back();
    job.name = "job";
    job.steps = work_steps(steps, each * steps, 0, 1);
    return prepare(std::move(spec)).value();
  }
  const Checkpoint& checkpoint(delta::RunId run) { return tables().job(run, 0)->checkpoint; }
  std::string log_of(delta::RunId run) {
    const delta::Attempt& attempt = only_attempt(run);
    const std::string path =
        delta::artifact_path(attempt.ref(), attempt.token_hash, delta::kLogName);
    const auto& objects = cluster_->world().artifacts.objects();
    const auto found = objects.find(path);
    return found == objects.end() ? "" : found->second.content.bytes;
  }
  std::size_t holder(delta::RunId run) { return only_attempt(run).runner == runner_id(0) ? 0 : 1; }
};

TEST_F(RunnerCheckpointTest, no_two_checkpoints_are_closer_than_the_interval) {
  run({}, [this] {
    const delta::RunId run = submit(1, job_of(6, 20s));
    wait(21s);
    EXPECT_EQ(checkpoint(run), (Checkpoint{1, "[0]"})) << "the first step's end";
    wait(20s);
    EXPECT_EQ(checkpoint(run).steps, 1U) << "20 s later: too soon";
    wait(20s);
    EXPECT_EQ(checkpoint(run), (Checkpoint{3, "[0,1,2]"}));
    wait(70s);
    EXPECT_EQ(state_of(run), RunState::succeeded);
    EXPECT_EQ(checkpoint(run).steps, 5U) << "none after the last step";
  });
}

TEST_F(RunnerCheckpointTest, another_runner_goes_on_after_the_last_accepted_one) {
  run({.runners = 2, .settings = "{checkpoint_interval: 1s}"}, [this] {
    const delta::RunId run = submit(1, job_of(4, 10s));
    wait(26s);
    const delta::AttemptId first = only_attempt(run).id;
    ASSERT_EQ(checkpoint(run), (Checkpoint{2, "[0,1]"}));
    cluster_->world().runners[holder(run)]->kill();
    wait(160s);
    EXPECT_EQ(state_of(run), RunState::succeeded);
    EXPECT_EQ(tables().attempt(first)->state, AttemptState::lost);
    EXPECT_EQ(only_attempt(run).resume, (Checkpoint{2, "[0,1]"}));
    EXPECT_EQ(checkpoint(run), (Checkpoint{3, "[0,1,2]"})) << "no step was skipped or done twice";
    EXPECT_EQ(log_of(run), "[step 3 of 4: step-2, from a checkpoint]\n[step 4 of 4: step-3]\n");
  });
}

TEST_F(RunnerCheckpointTest, a_crash_before_the_first_one_restarts_from_the_beginning) {
  run({.runners = 2}, [this] {
    const delta::RunId run = submit(1, job_of(2, 20s));
    wait(10s);
    cluster_->world().runners[holder(run)]->kill();
    wait(180s);
    EXPECT_EQ(state_of(run), RunState::succeeded);
    EXPECT_EQ(only_attempt(run).resume, Checkpoint{});
    EXPECT_EQ(log_of(run), "[step 1 of 2: step-0]\n[step 2 of 2: step-1]\n");
  });
}

TEST_F(RunnerCheckpointTest, work_goes_on_while_nobody_answers_and_the_newest_is_saved_then) {
  run({.settings = "{checkpoint_interval: 1s}"}, [this] {
    const delta::RunId run = submit(1, job_of(6, 10s));
    wait(5s);
    cluster_->world().database.primary().set_outage(true);
    wait(40s);
    EXPECT_EQ(checkpoint(run).steps, 0U);
    cluster_->world().database.primary().set_outage(false);
    wait(14s);
    EXPECT_GE(checkpoint(run).steps, 4U) << "no step was held up";
    wait(20s);
    EXPECT_EQ(state_of(run), RunState::succeeded);
    EXPECT_EQ(tables().attempts().size(), 1U);
  });
}

TEST_F(RunnerCheckpointTest, a_checkpoint_that_nobody_answers_does_not_outlive_the_work) {
  run({.settings = "{checkpoint_interval: 1s}"}, [this] {
    const delta::RunId run = submit(1, job_of(2, 10s));
    wait(5s);
    cluster_->world().database.primary().set_outage(true);
    wait(30s);
    cluster_->world().database.primary().set_outage(false);
    wait(30s);
    EXPECT_EQ(state_of(run), RunState::succeeded);
    EXPECT_EQ(checkpoint(run).steps, 0U);
  });
}

TEST_F(RunnerCheckpointTest, a_state_that_is_no_json_gives_no_checkpoint_and_says_so) {
  run({.settings = "{checkpoint_interval: 1s}"}, [this] {
    delta::RunSpec spec;
    delta::JobSpec& job = spec.jobs.emplace_back();
    job.steps = work_steps(2, 4s, 0, 0);
    job.steps[0].command = "delta-work --ms 2000 --spoil 1";
    const delta::RunId run = submit(1, prepare(std::move(spec)).value());
    wait(10s);
    EXPECT_EQ(checkpoint(run), Checkpoint{});
    EXPECT_NE(log_of(run).find("[no checkpoint after step 1: the state that it left is not JSON"),
              std::string::npos)
        << log_of(run);
  });
}

TEST_F(RunnerCheckpointTest, a_failed_step_ends_the_job_and_the_steps_after_it_do_not_run) {
  run({}, [this] {
    delta::RunSpec spec;
    delta::JobSpec& job = spec.jobs.emplace_back();
    job.steps = work_steps(3, 3s, 0, 0);
    job.steps[1].command += " --exit 1";
    const delta::RunId run = submit(1, prepare(std::move(spec)).value());
    wait(10s);
    EXPECT_EQ(state_of(run), RunState::failed);
    EXPECT_EQ(log_of(run), "[step 1 of 3: step-0]\n[step 2 of 3: step-1]\n");
  });
}

}  // namespace
}  // namespace aftershock
