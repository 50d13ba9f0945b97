// What an orchestrator counts, in a small cluster: committed events once each, dependencies, load,
// runners; and that it tells when nothing else works.
#include "simulator/world/database_outsider.h"
#include "tests/unit/cluster_fixture.h"

namespace aftershock {
namespace {

using namespace std::chrono_literals;
using delta::Metric;
using delta::Series;

class OrchestratorMetrics : public ClusterTest {
 protected:
  delta::MetricsSnapshot snapshot(std::size_t endpoint = 0) {
    const auto answer = call(delta::MetricsRequest{}, endpoint);
    if (!answer) throw std::runtime_error(answer.error().detail);
    return std::get<delta::MetricsReply>(answer->body).snapshot;
  }
  std::int64_t value(Series series, std::size_t endpoint = 0) {
    return snapshot(endpoint).value(series).value();
  }
  std::int64_t sum(Series series) { return value(series, 0) + value(series, 1); }

  struct Seen {
    std::int64_t count = 0;
    delta::Duration sum{};
  };
  /// What a histogram has observed, with this value of its label if it has one.
  Seen seen(Metric histogram, std::size_t label = 0, std::size_t endpoint = 0) {
    const delta::MetricsSnapshot now = snapshot(endpoint);
    const std::size_t buckets = info_of(histogram).bounds.size() + 1;
    Seen seen{.sum = delta::Duration(now.value({histogram, label, buckets}).value())};
    for (std::size_t i = 0; i < buckets; ++i) {
      seen.count += now.value({histogram, label, i}).value();
    }
    return seen;
  }
  std::int64_t items(delta::BackgroundJob job, std::size_t endpoint = 0) {
    return value({Metric::background_job_items_processed_total, job}, endpoint);
  }
};

TEST_F(OrchestratorMetrics, a_life_of_a_run_is_counted_once) {
  run({.orchestrators = 1}, [this] {
    submit(1, job(1s));
    submit(1, job(1s));
    wait(10s);
    for (const auto state :
         {delta::RunState::queued, delta::RunState::running, delta::RunState::succeeded}) {
      EXPECT_EQ(value({Metric::runs_total, state}), 1) << name_of(state);
    }
    EXPECT_EQ(value({Metric::runs_total, delta::RunState::failed}), 0);
    EXPECT_EQ(value({Metric::jobs_total, delta::JobState::succeeded}), 1);
    EXPECT_EQ(value({Metric::leases_total, delta::LeaseState::granted}), 1);
    EXPECT_EQ(value({Metric::leases_total, delta::LeaseState::completed}), 1);
    EXPECT_EQ(value({Metric::artifacts_total, delta::ArtifactState::stored}), 1);
    EXPECT_GE(value({Metric::answers_total, delta::Status::ok}), 5);
    EXPECT_GT(value({Metric::transactions_total, delta::BatchOutcome::committed}), 0);
  });
}

TEST_F(OrchestratorMetrics, waiting_claiming_and_working_are_timed_once_for_each_attempt) {
  run({.orchestrators = 1}, [this] {
    wait(2s);
    for (std::uint64_t key = 1; key <= 3; ++key) submit(key, job(40s));
    wait(20s);
    EXPECT_EQ(seen(Metric::queued_to_leased).count, 2) << "the runner has two slots";
    EXPECT_LT(seen(Metric::queued_to_leased).sum, 1s);
    EXPECT_EQ(seen(Metric::job_duration).count, 0);
    wait(90s);
    EXPECT_EQ(seen(Metric::queued_to_leased).count, 3);
    EXPECT_GE(seen(Metric::queued_to_leased).sum, 40s) << "the third waited for a slot";
    EXPECT_LT(seen(Metric::queued_to_leased).sum, 50s);
    EXPECT_GE(seen(Metric::claim_duration).count, 2);
    EXPECT_GT(seen(Metric::claim_duration).sum, 0s);
    EXPECT_LT(seen(Metric::claim_duration).sum, 1s) << "waiting for work is no claim";
    EXPECT_EQ(seen(Metric::job_duration).count, 3);
    EXPECT_GE(seen(Metric::job_duration).sum, 120s);
    EXPECT_LT(seen(Metric::job_duration).sum, 140s);
  });
}

TEST_F(OrchestratorMetrics, an_attempt_that_nobody_leased_has_no_duration) {
  run({.orchestrators = 1}, [this] {
    cluster_->world().runners[0]->pause();
    wait(60s);
    call(delta::CancelRequest{operation(2), submit(1, job(1s))});
    wait(5s);
    EXPECT_EQ(value({Metric::jobs_total, delta::JobState::cancelled}), 1);
    EXPECT_EQ(seen(Metric::job_duration).count, 0);
    EXPECT_EQ(seen(Metric::queued_to_leased).count, 0);
  });
}

TEST_F(OrchestratorMetrics, heartbeats_tell_how_much_of_the_lease_was_left) {
  run({.orchestrators = 1}, [this] {
    submit(1, job(5min));
    wait(110s);
    const Seen slack = seen(Metric::heartbeat_slack);
    EXPECT_GE(slack.count, 4);
    EXPECT_LE(slack.count, 7);
    EXPECT_GT(slack.sum, slack.count * 95s) << "the TTL is 120 s, and heartbeats come every 20 s";
    EXPECT_LT(slack.sum, slack.count * 110s);
  });
}

TEST_F(OrchestratorMetrics, a_lock_that_somebody_holds_shows_as_retries_and_as_an_old_transaction) {
  run({.orchestrators = 1}, [this] {
    submit(1, job(10min));
    wait(30s);
    EXPECT_EQ(value(Metric::oldest_xmin_age), 0);
    sim::Outsider outsider(cluster_->world().database.primary());
    outsider.hold(sim::HeldRows::attempts, 0);
    wait(30s);
    EXPECT_GT(value({Metric::txn_retries_total, delta::Conflict::lock_timeout}), 0);
    EXPECT_EQ(value({Metric::txn_retries_total, delta::Conflict::deadlock}), 0);
    EXPECT_NEAR(static_cast<double>(value(Metric::oldest_xmin_age)) / 1e9, 27, 4);
    outsider.let_go();
    wait(10s);
    EXPECT_EQ(value(Metric::oldest_xmin_age), 0);
  });
}

TEST_F(OrchestratorMetrics, what_cannot_be_published_is_late_until_it_is) {
  run({.orchestrators = 1}, [this] {
    submit(1, job(1s));
    wait(5s);
    EXPECT_EQ(value(Metric::scheduler_lag), 0);
    cluster_->world().queue.primary().set_outage(true);
    submit(2, job(1s));
    wait(40s);
    EXPECT_NEAR(static_cast<double>(value(Metric::scheduler_lag)) / 1e9, 40, 1);
    submit(3, job(1s));
    wait(5s);
    EXPECT_NEAR(static_cast<double>(value(Metric::scheduler_lag)) / 1e9, 45, 1);
    cluster_->world().queue.primary().set_outage(false);
    wait(20s);
    EXPECT_EQ(value(Metric::scheduler_lag), 0);
  });
}

TEST_F(OrchestratorMetrics, rounds_of_background_loops_are_timed_and_their_items_counted) {
  using delta::BackgroundJob;
  run({}, [this] {
    wait(2s);
    // Left in the outbox by one that dies; then lost by the queue.
    cluster_->world().queue.primary().set_outage(true);
    const delta::RunId id = submit(1, job(10min), 1);
    cluster_->world().orchestrators[1]->pause();
    cluster_->world().queue.primary().set_outage(false);
    cluster_->world().queue.primary().add_loss(1'000'000);
    wait(20s);
    EXPECT_EQ(items(BackgroundJob::adopt), 1);
    cluster_->world().queue.primary().add_loss(-1'000'000);
    wait(60s);
    EXPECT_GE(items(BackgroundJob::reconcile), 1);
    EXPECT_EQ(items(BackgroundJob::sweep), 0);
    cluster_->world().runners[0]->pause();
    call(delta::CancelRequest{operation(2), id});
    wait(60s);
    EXPECT_EQ(items(BackgroundJob::sweep), 1) << "the cancellation is forced";
    for (const auto job : {BackgroundJob::sweep, BackgroundJob::reconcile, BackgroundJob::adopt,
                           BackgroundJob::observe}) {
      const Seen rounds = seen(Metric::background_job_duration, static_cast<std::size_t>(job));
      EXPECT_EQ(rounds.count,
                value({Metric::background_job_runs_total, job, delta::JobResult::ok}) +
                    value({Metric::background_job_runs_total, job, delta::JobResult::failed}));
      EXPECT_GT(rounds.sum, 0s) << delta::labels::background_jobs[static_cast<std::size_t>(job)];
    }
  });
}

TEST_F(OrchestratorMetrics, commits_in_doubt_are_resolved_and_count_each_run_once) {
  run({}, [this] {
    sim::DatabaseServer& database = cluster_->world().database.primary();
    for (std::uint64_t key = 1; key <= 20; ++key) {
      database.set_in_doubt(true);
      kernel_->at(kernel_->now() + 15ms, [&database] { database.set_in_doubt(false); });
      delta::RunId run;
      for (int tries = 0; tries < 20 && run.is_nil(); ++tries) {
        run = submit(key, job(1s), static_cast<std::size_t>(tries) % 2);
      }
      EXPECT_FALSE(run.is_nil()) << "operation " << key;
    }
    wait(60s);
    EXPECT_GT(sum({Metric::commit_unknown_total, delta::Doubt::found}), 0) << "or nothing is shown";
    EXPECT_GT(sum({Metric::commit_unknown_total, delta::Doubt::redone}), 0);
    EXPECT_EQ(sum({Metric::runs_total, delta::RunState::queued}), 20);
    EXPECT_EQ(sum({Metric::runs_total, delta::RunState::succeeded}), 20);
  });
}

TEST_F(OrchestratorMetrics, it_answers_while_the_database_is_away_and_says_so) {
  run({}, [this] {
    wait(20s);
    EXPECT_EQ(value(Metric::database_up), 1);
    EXPECT_EQ(value(Metric::queue_depth), 0);
    cluster_->world().database.primary().set_outage(true);
    wait(30s);
    const auto asked = kernel_->now();
    const delta::MetricsSnapshot during = snapshot();
    EXPECT_LT(kernel_->now() - asked, 10ms);
    EXPECT_EQ(during.value(Metric::database_up), 0);
    EXPECT_EQ(during.value(Metric::queue_up), 1);
    EXPECT_EQ(during.value(Metric::queue_depth), std::nullopt) << "nobody knows it now";
    EXPECT_EQ(during.value(Metric::oldest_xmin_age), std::nullopt);
    const Series failed{Metric::background_job_runs_total, delta::BackgroundJob::observe,
                        delta::JobResult::failed};
    EXPECT_GT(during.value(failed), 0);
    EXPECT_EQ(during.value({Metric::answers_total, delta::Status::unavailable}), 0);
    submit(1, job(1s));
    EXPECT_EQ(value({Metric::answers_total, delta::Status::unavailable}), 1);
    EXPECT_EQ(value({Metric::runs_total, delta::RunState::queued}), 0) << "nothing is committed";
    cluster_->world().database.primary().set_outage(false);
    wait(30s);
    EXPECT_EQ(value(Metric::database_up), 1);
    EXPECT_EQ(value(Metric::queue_depth), 0);
  });
}

TEST_F(OrchestratorMetrics, it_answers_while_it_stops_and_refuses_all_else) {
  run({.orchestrators = 1}, [this] {
    wait(10s);
    // Told that there is no work, it would ask again and be refused, too.
    for (const auto& runner : cluster_->world().runners) runner->pause();
    auto& program =
        dynamic_cast<OrchestratorProgram&>(*cluster_->world().orchestrators[0]->program());
    program.stop();
    const auto refused = call(delta::GetRunRequest{{1, 1}});
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status, delta::Status::unavailable);
    EXPECT_EQ(value({Metric::answers_total, delta::Status::unavailable}), 1);
  });
}

TEST_F(OrchestratorMetrics, the_load_is_read_again_and_again) {
  run({.orchestrators = 1, .runners = 1}, [this] {
    wait(2s);
    for (std::uint64_t key = 1; key <= 5; ++key) submit(key, job(10min));
    wait(30s);
    EXPECT_EQ(value(Metric::leases_active), 2) << "the runner has two slots";
    EXPECT_EQ(value(Metric::queue_depth), 3);
    EXPECT_NEAR(static_cast<double>(value(Metric::queue_oldest_age)) / 1e9, 25, 6);
  });
}

TEST_F(OrchestratorMetrics, runners_are_seen_until_they_have_been_silent_for_three_heartbeats) {
  run({.orchestrators = 1, .runners = 3}, [this] {
    submit(1, job(10min));
    wait(70s);
    EXPECT_EQ(value(Metric::runners_seen), 3);
    EXPECT_EQ(value(Metric::runner_slots), 6);
    EXPECT_EQ(value(Metric::runner_slots_busy), 1);
    cluster_->world().runners[0]->pause();
    cluster_->world().runners[1]->pause();
    wait(40s);
    EXPECT_EQ(value(Metric::runners_seen), 3) << "they may only be slow";
    wait(85s);
    EXPECT_EQ(value(Metric::runners_seen), 1);
  });
}

TEST_F(OrchestratorMetrics, runners_are_listed_with_what_they_have_done) {
  run({.orchestrators = 1, .runners = 2}, [this] {
    submit(1, job(10s));
    wait(30s);
    submit(2, job(10min));
    wait(70s);
    const auto answer = call(delta::ListRunnersRequest{});
    ASSERT_TRUE(answer);
    const auto& runners = std::get<delta::ListRunnersReply>(answer->body).runners;
    ASSERT_EQ(runners.size(), 2U);
    std::uint64_t finished = 0, busy = 0;
    for (const delta::RunnerView& runner : runners) {
      EXPECT_EQ(runner.slots, 2U);
      EXPECT_TRUE(runner.waits) << "each has a free slot";
      EXPECT_LE(runner.seen, 60s);
      finished += runner.finished;
      busy += runner.busy_slots;
    }
    EXPECT_EQ(finished, 1U);
    EXPECT_EQ(busy, 1U);
  });
}

TEST_F(OrchestratorMetrics, the_breaker_of_a_database_that_is_away_opens_and_closes) {
  run({.orchestrators = 1}, [this] {
    wait(10s);
    EXPECT_EQ(value(Metric::database_breaker), 0);
    EXPECT_GT(value(Metric::database_latency), 0);
    cluster_->world().database.primary().set_outage(true);
    wait(30s);
    EXPECT_NE(value(Metric::database_breaker), 0);
    EXPECT_EQ(value(Metric::database_up), 0);
    cluster_->world().database.primary().set_outage(false);
    wait(30s);
    EXPECT_EQ(value(Metric::database_breaker), 0);
  });
}

TEST_F(OrchestratorMetrics, a_runner_that_was_turned_away_is_seen_elsewhere_only) {
  run({.runners = 1}, [this] {
    submit(1, job(10min));
    wait(65s);
    cluster_->world().database.primary().set_outage(true);
    wait(60s);
    cluster_->world().database.primary().set_outage(false);
    wait(90s);
    EXPECT_EQ(sum(Metric::runners_seen), 1);
  });
}

TEST_F(OrchestratorMetrics, runners_tell_of_uploads_that_fail) {
  run({.orchestrators = 1}, [this] {
    wait(2s);
    cluster_->world().artifacts.set_outage(true);
    submit(1, job(25s));
    wait(100s);
    EXPECT_GT(value(Metric::artifact_upload_failures_total), 3);
    EXPECT_EQ(value({Metric::artifacts_total, delta::ArtifactState::missing}), 0);
    wait(2min);
    EXPECT_EQ(value({Metric::artifacts_total, delta::ArtifactState::missing}), 1);
    EXPECT_EQ(value({Metric::artifacts_total, delta::ArtifactState::stored}), 0);
  });
}

TEST_F(OrchestratorMetrics, expired_leases_retries_and_late_messages_are_counted) {
  run({.orchestrators = 1, .runners = 2}, [this] {
    const delta::RunId id = submit(1, job(60s));
    wait(10s);
    const delta::RunnerId holder = only_attempt(id).runner;
    const std::size_t which = runner_id(0) == holder ? 0 : 1;
    sim::Node& node = *cluster_->world().runners[which];
    const sim::Process* paused = node.pause();
    wait(150s);
    EXPECT_EQ(value(Metric::lease_expirations_total), 1);
    EXPECT_EQ(value({Metric::leases_total, delta::LeaseState::expired}), 1);
    EXPECT_EQ(value({Metric::retries_total, delta::FailureClass::lost}), 1);
    EXPECT_EQ(value({Metric::retries_total, delta::FailureClass::user}), 0);
    EXPECT_GE(seen(Metric::job_duration).count, 1) << "an expiry ends an attempt";
    node.resume(paused);
    wait(30s);
    const delta::MetricsSnapshot after = snapshot();
    std::int64_t stale = 0;
    for (std::size_t i = 0; i < delta::series_of(info_of(Metric::stale_messages_total)); ++i) {
      stale += after.value({Metric::stale_messages_total, i}).value();
    }
    EXPECT_GT(stale, 0) << "it comes back with a lease that is over";
  });
}

TEST_F(OrchestratorMetrics, a_cancellation_that_nobody_acknowledges_is_counted_when_forced) {
  run({.orchestrators = 1}, [this] {
    const delta::RunId id = submit(1, job(10min));
    wait(5s);
    cluster_->world().runners[0]->pause();
    call(delta::CancelRequest{operation(2), id});
    wait(60s);
    EXPECT_EQ(value(Metric::forced_cancels_total), 1);
    EXPECT_EQ(value({Metric::runs_total, delta::RunState::cancelled}), 1);
  });
}

}  // namespace
}  // namespace aftershock
