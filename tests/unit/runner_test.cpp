// The runner against real orchestrator code, in the simulated world: self-fencing, late results,
// uploads, cancellation, losing the control plane.
#include "tests/unit/cluster_fixture.h"

namespace aftershock {
namespace {

using namespace std::chrono_literals;
using delta::AttemptState;
using delta::RunState;

class RunnerTest : public ClusterTest {
 protected:
  void cut_runner(std::size_t index) { for_orchestrators(index, true); }
  void heal_runner(std::size_t index) { for_orchestrators(index, false); }

 private:
  void for_orchestrators(std::size_t index, bool cut) {
    sim::World& world = cluster_->world();
    const sim::HostId runner = world.runners[index]->host();
    for (const auto& orchestrator : world.orchestrators) {
      if (cut) {
        world.network.cut(runner, orchestrator->host());
        world.network.cut(orchestrator->host(), runner);
      } else {
        world.network.restore(runner, orchestrator->host());
        world.network.restore(orchestrator->host(), runner);
      }
    }
  }
};

TEST_F(RunnerTest, a_job_goes_through_every_state_to_success_and_its_artifact_is_stored) {
  run({}, [this] {
    const delta::RunId run = submit(1, job(5s));
    wait(10s);
    EXPECT_EQ(state_of(run), RunState::succeeded);
    const delta::Attempt& attempt = only_attempt(run);
    EXPECT_EQ(attempt.state, AttemptState::succeeded);
    EXPECT_TRUE(cluster_->world().artifacts.objects().contains(
        delta::artifact_path(attempt.ref(), attempt.token_hash, "artifact-0")));
  });
}

TEST_F(RunnerTest, a_long_job_keeps_its_lease_by_heartbeats) {
  run({}, [this] {
    const delta::RunId run = submit(1, job(10min));
    wait(11min);
    EXPECT_EQ(state_of(run), RunState::succeeded);
    EXPECT_EQ(tables().attempts().size(), 1U);
  });
}

TEST_F(RunnerTest, a_job_whose_lease_may_be_over_is_stopped_and_done_again_by_another_runner) {
  run({.runners = 2}, [this] {
    const delta::RunId run = submit(1, job(10min));
    wait(5s);
    const delta::Attempt first = only_attempt(run);
    const std::size_t holder = first.runner == runner_id(0) ? 0 : 1;
    cut_runner(holder);
    wait(130s);
    EXPECT_EQ(tables().attempt(first.id)->state, AttemptState::lost);
    heal_runner(holder);
    wait(11min);
    EXPECT_EQ(state_of(run), RunState::succeeded);
    EXPECT_EQ(tables().attempt(first.id)->state, AttemptState::lost);
    EXPECT_EQ(only_attempt(run).number, 2);
  });
}

TEST_F(RunnerTest, a_finished_result_is_offered_until_the_control_plane_is_back) {
  run({.runners = 1}, [this] {
    const delta::RunId run = submit(1, job(30s));
    wait(5s);
    cut_runner(0);
    wait(60s);
    EXPECT_EQ(only_attempt(run).state, AttemptState::running);
    heal_runner(0);
    wait(15s);
    EXPECT_EQ(state_of(run), RunState::succeeded);
    EXPECT_EQ(tables().attempts().size(), 1U);
  });
}

TEST_F(RunnerTest, a_result_finished_during_a_long_outage_is_accepted_before_the_first_sweep) {
  run({.runners = 1}, [this] {
    wait(20s);
    const delta::RunId run = submit(1, job(30s));
    wait(5s);
    cluster_->world().database.primary().set_outage(true);
    wait(150s);
    EXPECT_LT(only_attempt(run).expires_at, cluster_->world().database.now()) << "or it is easy";
    cluster_->world().database.primary().set_outage(false);
    wait(30s);
    EXPECT_EQ(state_of(run), RunState::succeeded);
    EXPECT_EQ(tables().attempts().size(), 1U);
  });
}

TEST_F(RunnerTest, a_result_that_comes_after_the_lease_is_refused_and_recorded) {
  run({.runners = 1}, [this] {
    const delta::RunId run = submit(1, job(30s));
    wait(5s);
    const delta::AttemptId first = only_attempt(run).id;
    const sim::Process* paused = cluster_->world().runners[0]->pause();
    wait(200s);
    EXPECT_EQ(tables().attempt(first)->state, AttemptState::lost);
    cluster_->world().runners[0]->resume(paused);
    wait(60s);
    EXPECT_EQ(tables().attempt(first)->state, AttemptState::lost);
    EXPECT_EQ(state_of(run), RunState::succeeded) << "by the second attempt";
    bool recorded = false;
    for (const delta::AuditEvent& event : tables().audit()) {
      recorded = recorded || (event.attempt == first && event.refused.has_value());
    }
    EXPECT_TRUE(recorded);
  });
}

TEST_F(RunnerTest, uploads_are_retried_while_the_store_is_away) {
  run({}, [this] {
    cluster_->world().artifacts.set_outage(true);
    const delta::RunId run = submit(1, job(5s));
    wait(60s);
    EXPECT_EQ(only_attempt(run).state, AttemptState::uploading);
    cluster_->world().artifacts.set_outage(false);
    wait(20s);
    EXPECT_EQ(state_of(run), RunState::succeeded);
    EXPECT_EQ(cluster_->world().artifacts.objects().size(), 1U);
  });
}

TEST_F(RunnerTest, what_cannot_be_uploaded_is_marked_missing_and_the_exit_code_decides) {
  run({}, [this] {
    cluster_->world().artifacts.set_outage(true);
    const delta::RunId run = submit(1, job(5s));
    wait(4min);
    EXPECT_EQ(state_of(run), RunState::succeeded);
    const auto& complete = std::get<delta::Complete>(tables().audit().back().what.message);
    ASSERT_EQ(complete.artifacts.size(), 1U);
    EXPECT_EQ(complete.artifacts[0].state, delta::ArtifactState::missing);
  });
}

TEST_F(RunnerTest, a_cancelled_job_stops_at_the_next_heartbeat) {
  run({}, [this] {
    const delta::RunId run = submit(1, job(10min));
    wait(5s);
    ASSERT_TRUE(call(delta::CancelRequest{operation(2), run}));
    wait(22s);
    EXPECT_EQ(state_of(run), RunState::cancelled);
    EXPECT_EQ(only_attempt(run).lease_end, delta::LeaseEnd::cancelled);
  });
}

TEST_F(RunnerTest, a_command_that_cannot_be_started_is_an_infrastructure_failure_and_retried) {
  run({}, [this] {
    delta::RunSpec spec;
    spec.name = "broken";
    spec.jobs.emplace_back().command = "no-such-program";
    const delta::RunId run = submit(1, prepare(std::move(spec)).value());
    wait(60s);
    EXPECT_EQ(state_of(run), RunState::failed);
    EXPECT_EQ(tables().job(run, 0)->failures, 3);
  });
}

TEST_F(RunnerTest, a_graceful_stop_ends_an_open_long_poll_at_once) {
  run({.runners = 1}, [this] {
    wait(5s);
    cluster_->world().runners[0]->stop(60s);
    wait(2s);
    EXPECT_EQ(cluster_->world().runners[0]->ends(), 1U);
    const delta::RunId run = submit(1, job(1s));
    wait(1s);
    EXPECT_EQ(only_attempt(run).state, AttemptState::queued) << "granted to nobody";
  });
}

TEST_F(RunnerTest, a_lease_granted_during_a_graceful_stop_is_worked_on) {
  run({.runners = 1}, [this] {
    std::size_t raced = 0;
    for (std::uint64_t key = 1; key <= 40; ++key) {
      wait(20s);
      const std::uint64_t ends = cluster_->world().runners[0]->ends();
      kernel_->spawn(kernel_->main_process(), "client", [this, key] { submit(key, job(10s)); });
      wait(key * 200us);
      cluster_->world().runners[0]->stop(60s);
      wait(3s);
      if (cluster_->world().runners[0]->ends() == ends) ++raced;  // it works on
      wait(27s);
    }
    EXPECT_GT(raced, 0U) << "or no grant met a stop";
    EXPECT_LT(raced, 40U);
    for (const auto& [id, attempt] : tables().attempts()) {
      EXPECT_EQ(attempt.state, AttemptState::succeeded);
      EXPECT_EQ(attempt.number, 1);
    }
  });
}

TEST_F(RunnerTest, drains_on_a_graceful_stop) {
  run({.runners = 1}, [this] {
    const delta::RunId run = submit(1, job(20s));
    wait(5s);
    cluster_->world().runners[0]->stop(60s);
    wait(20s);
    EXPECT_EQ(state_of(run), RunState::succeeded);
    EXPECT_EQ(tables().attempts().size(), 1U);
    EXPECT_EQ(cluster_->world().runners[0]->ends(), 1U);
  });
}

}  // namespace
}  // namespace aftershock
