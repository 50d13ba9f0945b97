// The orchestrator behind its API, in the simulated world: idempotency, group commit, dispatch,
// and failing closed.
#include "tests/unit/cluster_fixture.h"

namespace aftershock {
namespace {

using namespace std::chrono_literals;
using delta::Status;

using OrchestratorTest = ClusterTest;

delta::AcquireRequest acquire(std::uint64_t key, delta::Duration wait) {
  return {{2, key}, {3, 3}, {4, 4}, 1, wait};
}

const delta::AcquireReply& grants(const delta::Response& response) {
  return std::get<delta::AcquireReply>(response.body);
}

TEST_F(OrchestratorTest, the_same_operation_key_gives_the_same_run_from_any_orchestrator) {
  run({}, [this] {
    const auto spec = job(1s);
    const delta::RunId first = submit(1, spec, 0);
    EXPECT_FALSE(first.is_nil());
    EXPECT_EQ(submit(1, spec, 1), first);
    EXPECT_EQ(tables().runs().size(), 1U);
  });
}

TEST_F(OrchestratorTest, an_operation_key_that_is_used_for_something_else_is_refused) {
  run({}, [this] {
    submit(1, job(1s));
    const auto answer = call(delta::SubmitRequest{operation(1), job(2s)});
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, Status::key_reused);
    EXPECT_EQ(tables().runs().size(), 1U);
  });
}

TEST_F(OrchestratorTest, nothing_is_acknowledged_while_the_database_is_away) {
  run({}, [this] {
    cluster_->world().database.primary().set_outage(true);
    wait(1s);
    const auto answer = call(delta::SubmitRequest{operation(1), job(1s)});
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, Status::unavailable);
    cluster_->world().database.primary().set_outage(false);
    wait(10s);
    EXPECT_FALSE(submit(1, job(1s)).is_nil()) << "the same key works once the database is back";
  });
}

TEST_F(OrchestratorTest, it_ends_at_once_although_a_runner_waits_for_work) {
  run({.orchestrators = 1, .runners = 1}, [this] {
    wait(12s);
    auto& program = *cluster_->world().orchestrators[0]->program();
    EXPECT_FALSE(program.stopped());
    program.stop();
    wait(1s);
    EXPECT_TRUE(program.stopped());
  });
}

TEST_F(OrchestratorTest, commits_in_doubt_give_each_operation_one_run) {
  run({}, [this] {
    cluster_->world().database.primary().set_in_doubt(true);
    kernel_->at(kernel_->now() + 3s,
                [this] { cluster_->world().database.primary().set_in_doubt(false); });
    for (std::uint64_t key = 1; key <= 20; ++key) {
      delta::RunId run;
      for (int tries = 0; tries < 20 && run.is_nil(); ++tries) {
        run = submit(key, job(1s), static_cast<std::size_t>(tries) % 2);
      }
      EXPECT_FALSE(run.is_nil()) << "operation " << key;
    }
    EXPECT_EQ(tables().runs().size(), 20U);
    const auto& counters = cluster_->world().database.primary().counters();
    EXPECT_GT(counters.in_doubt_committed, 0U) << "or nothing was tested";
    EXPECT_GT(counters.in_doubt_dropped, 0U);
  });
}

TEST_F(OrchestratorTest, many_requests_share_a_transaction) {
  run({.orchestrators = 1}, [this] {
    wait(2s);
    const std::uint64_t before = cluster_->world().database.primary().counters().commits;
    int acknowledged = 0;
    for (std::uint64_t key = 1; key <= 200; ++key) {
      kernel_->spawn(kernel_->main_process(), "client", [this, key, &acknowledged] {
        if (!submit(key, job(1h)).is_nil()) ++acknowledged;
      });
    }
    wait(500ms);
    EXPECT_EQ(acknowledged, 200);
    EXPECT_LT(cluster_->world().database.primary().counters().commits - before, 60U);
  });
}

TEST_F(OrchestratorTest, a_long_poll_is_granted_work_as_soon_as_there_is_some) {
  run({.orchestrators = 1, .runners = 1}, [this] {
    cluster_->world().runners[0]->kill();
    kernel_->spawn(kernel_->main_process(), "client", [this] {
      wait(2s);
      submit(1, job(1s));
    });
    const auto answer = call(acquire(1, 20s));
    ASSERT_TRUE(answer);
    ASSERT_EQ(grants(*answer).grants.size(), 1U);
    EXPECT_LT(kernel_->now(), sim::SimTime(2100ms));
  });
}

TEST_F(OrchestratorTest, a_long_poll_without_work_is_answered_empty_when_its_wait_is_over) {
  run({}, [this] {
    const auto answer = call(acquire(1, 20s));
    ASSERT_TRUE(answer);
    EXPECT_TRUE(grants(*answer).grants.empty());
    EXPECT_GE(kernel_->now(), sim::SimTime(20s));
    EXPECT_LT(kernel_->now(), sim::SimTime(21s));
  });
}

TEST_F(OrchestratorTest, an_acquire_that_is_repeated_gives_the_same_lease) {
  run({}, [this] {
    for (const auto& node : cluster_->world().runners) node->pause();
    submit(1, job(1s));
    const auto first = call(acquire(1, 20s), 0);
    ASSERT_TRUE(first);
    ASSERT_EQ(grants(*first).grants.size(), 1U);
    const auto again = call(acquire(1, 0s), 1);
    ASSERT_TRUE(again);
    ASSERT_EQ(grants(*again).grants.size(), 1U);
    EXPECT_EQ(grants(*again).grants[0].ref, grants(*first).grants[0].ref);
    EXPECT_EQ(grants(*again).grants[0].epoch, 1U);
  });
}

TEST_F(OrchestratorTest, leases_of_two_runners_with_one_identity_are_told_apart) {
  run({}, [this] {
    for (const auto& node : cluster_->world().runners) node->pause();
    submit(1, job(1s));
    const auto first = call(acquire(1, 20s), 0);
    ASSERT_TRUE(first && grants(*first).grants.size() == 1);
    const delta::Grant& grant = grants(*first).grants[0];
    const delta::Token of_the_twin{5, 5};
    const auto twin = call(delta::StartRequest{{grant.ref, grant.epoch, of_the_twin}}, 1);
    ASSERT_TRUE(twin);
    EXPECT_EQ(twin->status, Status::refused);
    EXPECT_EQ(twin->reason, delta::Reason::stale);
    const auto holder = call(delta::StartRequest{{grant.ref, grant.epoch, {4, 4}}}, 1);
    ASSERT_TRUE(holder);
    EXPECT_EQ(holder->status, Status::ok);
  });
}

TEST_F(OrchestratorTest, asking_again_without_wait_fences_off_the_first_request) {
  run({}, [this] {
    for (const auto& node : cluster_->world().runners) node->pause();
    kernel_->spawn(kernel_->main_process(), "first", [this] { call(acquire(1, 25s), 0); });
    wait(1s);
    const auto again = call(acquire(1, 0s), 1);
    ASSERT_TRUE(again);
    EXPECT_TRUE(grants(*again).grants.empty());
    const delta::RunId run = submit(1, job(1s));
    wait(5s);
    EXPECT_EQ(only_attempt(run).state, delta::AttemptState::queued)
        << "the first request must no longer take a lease that nobody waits for";
  });
}

TEST_F(OrchestratorTest, work_is_dispatched_from_the_database_while_the_queue_is_away) {
  run({}, [this] {
    cluster_->world().queue.primary().set_outage(true);
    const delta::RunId run = submit(1, job(1s));
    wait(30s);
    EXPECT_EQ(state_of(run), delta::RunState::succeeded);
  });
}

TEST_F(OrchestratorTest, a_queue_that_is_silent_counts_as_away) {
  run({}, [this] {
    sim::World& world = cluster_->world();
    for (const auto& node : world.orchestrators) {
      world.network.cut(node->host(), world.queue.primary().host());
      world.network.cut(world.queue.primary().host(), node->host());
    }
    std::uint64_t key = 0;
    for (int i = 0; i < 8; ++i) {
      submit(++key, job(1s));
      wait(10s);
    }
    const delta::RunId run = submit(++key, job(1s));
    wait(10s);
    EXPECT_EQ(state_of(run), delta::RunState::succeeded);
  });
}

TEST_F(OrchestratorTest, without_the_fallback_work_waits_for_the_queue) {
  run({.settings = "{dispatch_fallback: false}"}, [this] {
    cluster_->world().queue.primary().set_outage(true);
    const delta::RunId run = submit(1, job(1s));
    wait(60s);
    EXPECT_EQ(state_of(run), delta::RunState::queued);
    cluster_->world().queue.primary().set_outage(false);
    wait(60s);
    EXPECT_EQ(state_of(run), delta::RunState::succeeded);
  });
}

TEST_F(OrchestratorTest, a_cancellation_that_nobody_acknowledges_is_forced_at_its_deadline) {
  run({}, [this] {
    const delta::RunId run = submit(1, job(10min));
    wait(5s);
    EXPECT_EQ(only_attempt(run).state, delta::AttemptState::running);
    cluster_->world().runners[0]->pause();
    ASSERT_TRUE(call(delta::CancelRequest{operation(2), run}));
    wait(25s);
    EXPECT_EQ(state_of(run), delta::RunState::cancel_requested);
    wait(15s);
    EXPECT_EQ(state_of(run), delta::RunState::cancelled);
    EXPECT_EQ(only_attempt(run).lease_end, delta::LeaseEnd::revoked);
  });
}

TEST_F(OrchestratorTest, one_orchestrator_paused_in_a_transaction_does_not_stop_the_other) {
  run({}, [this] {
    wait(2s);
    // Somewhere in the stream of commits of the first one it is caught with a transaction open.
    for (std::uint64_t key = 1; key <= 50; ++key) {
      kernel_->spawn(kernel_->main_process(), "client", [this, key] { submit(key, job(1h), 0); });
    }
    wait(1500us);
    cluster_->world().orchestrators[0]->pause();
    wait(20s);
    const delta::RunId run = submit(1000, job(1s), 1);
    ASSERT_FALSE(run.is_nil());
    wait(60s);
    EXPECT_FALSE(submit(1001, job(1s), 1).is_nil());
  });
}

}  // namespace
}  // namespace aftershock
