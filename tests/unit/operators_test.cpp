// What operators do to a running system, through the API, in the simulated world.
#include "tests/unit/cluster_fixture.h"

namespace aftershock {
namespace {

using namespace std::chrono_literals;
using delta::AdminAction;
using delta::AdminReply;
using delta::AttemptState;
using delta::RunState;
using delta::Status;

class OperatorsTest : public ClusterTest {
 protected:
  delta::Response admin(std::uint64_t key, AdminAction action, std::size_t endpoint = 0,
                        std::string who = "ann") {
    const auto answer =
        call(delta::AdminRequest{{5, key}, std::move(who), std::move(action)}, endpoint);
    return answer ? *answer : delta::Response{Status::unknown, {}, "no answer", {}};
  }
  AdminReply done(std::uint64_t key, AdminAction action, std::size_t endpoint = 0) {
    const delta::Response response = admin(key, std::move(action), endpoint);
    EXPECT_EQ(response.status, Status::ok) << response.detail;
    const auto* reply = std::get_if<AdminReply>(&response.body);
    return reply != nullptr ? *reply : AdminReply{};
  }
  Status submission(std::uint64_t key, std::size_t endpoint = 0) {
    const auto answer = call(delta::SubmitRequest{operation(key), job(1h)}, endpoint);
    return answer ? answer->status : Status::unknown;
  }
  std::vector<delta::RunId> submit_many(std::uint64_t first, int count, delta::Duration length) {
    std::vector<delta::RunId> runs;
    for (int i = 0; i < count; ++i) {
      runs.push_back(submit(first + static_cast<std::uint64_t>(i), job(length)));
    }
    return runs;
  }
  std::size_t live() { return tables().find(delta::FindLoad{}, {}).load->live_leases; }
  std::vector<delta::AuditEvent> events_of_operators() {
    std::vector<delta::AuditEvent> found;
    for (const delta::AuditEvent& event : tables().audit()) {
      if (event.what.actor.kind == delta::ActorKind::operator_) found.push_back(event);
    }
    return found;
  }
};

TEST_F(OperatorsTest, while_ingestion_is_paused_no_orchestrator_takes_a_submission) {
  run({}, [this] {
    EXPECT_FALSE(done(1, delta::PauseIngestion{}).policy.ingesting);
    EXPECT_EQ(submission(1, 0), Status::unavailable);
    EXPECT_EQ(submission(1, 1), Status::unavailable);
    EXPECT_TRUE(tables().runs().empty());
    EXPECT_TRUE(done(2, delta::ResumeIngestion{}, 1).policy.ingesting);
    EXPECT_EQ(submission(1, 0), Status::ok) << "the same key works afterwards";
    EXPECT_EQ(tables().runs().size(), 1U);
  });
}

TEST_F(OperatorsTest, what_was_acknowledged_before_a_pause_is_acknowledged_again_in_it) {
  run({}, [this] {
    const delta::RunId first = submit(1, job(1s));
    done(1, delta::PauseIngestion{});
    EXPECT_EQ(submit(1, job(1s), 1), first);
  });
}

TEST_F(OperatorsTest, a_submission_refused_beside_others_in_a_transaction_keeps_no_key) {
  run({.orchestrators = 1}, [this] {
    const delta::RunId run = submit(100, job(1h));
    wait(2s);
    done(1, delta::PauseIngestion{});
    // The cancellation makes the transaction commit.
    std::vector<Status> answers;
    for (std::uint64_t key = 1; key <= 30; ++key) {
      kernel_->spawn(kernel_->main_process(), "client", [this, key, run, &answers] {
        if (key % 3 == 0) {
          call(delta::CancelRequest{operation(1000 + key), run});
        } else {
          answers.push_back(submission(key));
        }
      });
    }
    wait(2s);
    EXPECT_EQ(answers, std::vector<Status>(20, Status::unavailable));
    done(2, delta::ResumeIngestion{});
    for (std::uint64_t key = 1; key <= 30; ++key) {
      if (key % 3 == 0) continue;
      EXPECT_FALSE(submit(key, job(1h)).is_nil()) << key;
    }
    EXPECT_EQ(tables().runs().size(), 21U);
  });
}

TEST_F(OperatorsTest, an_action_is_carried_out_once_for_its_operation_key) {
  run({}, [this] {
    EXPECT_EQ(done(1, delta::LimitConcurrency{5}).policy.version, 1U);
    EXPECT_EQ(done(1, delta::LimitConcurrency{5}, 1).policy.version, 1U);
    EXPECT_EQ(tables().control().policy.version, 1U);
    EXPECT_EQ(admin(1, delta::LimitConcurrency{6}).status, Status::key_reused);
    EXPECT_EQ(admin(1, delta::LimitConcurrency{5}, 0, "bob").status, Status::key_reused);
    EXPECT_EQ(tables().control().policy.most_leases, 5U);
  });
}

TEST_F(OperatorsTest, what_is_unsound_is_refused_in_words) {
  run({}, [this] {
    const delta::Response ttl = admin(1, delta::SetLeaseTtl{79s, 1h});
    EXPECT_EQ(ttl.status, Status::invalid);
    EXPECT_NE(ttl.detail.find("4 x heartbeat_interval"), std::string::npos) << ttl.detail;
    EXPECT_EQ(admin(2, delta::PauseIngestion{}, 0, "").status, Status::invalid);
    EXPECT_EQ(admin(3, delta::ReenqueueWork{{9, 9}}).reason, delta::Reason::not_found);
    EXPECT_EQ(tables().control().policy.version, 0U);
    EXPECT_TRUE(events_of_operators().empty());
  });
}

TEST_F(OperatorsTest, every_action_is_on_record_with_its_operators_name) {
  run({}, [this] {
    done(1, delta::PauseIngestion{});
    done(2, delta::BeginGeneration{});
    const auto events = events_of_operators();
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(std::get<delta::SetPolicy>(events[0].what.message).who, "ann");
    EXPECT_EQ(std::get<delta::RaiseGeneration>(events[1].what.message).who, "ann");
    EXPECT_EQ(events[0].what.actor.id, delta::hash_name("ann"));
    EXPECT_EQ(events[1].previous, events[0].digest) << "one chain, whose head is in the row";
    EXPECT_EQ(tables().control().audit.digest, events[1].digest);
  });
}

TEST_F(OperatorsTest, submissions_are_limited_by_each_orchestrator) {
  run({.orchestrators = 1}, [this] {
    done(1, delta::LimitSubmissions{60});
    int taken = 0;
    for (std::uint64_t key = 1; key <= 300; ++key) {
      const Status status = submission(key);
      taken += status == Status::ok ? 1 : 0;
      EXPECT_TRUE(status == Status::ok || status == Status::unavailable);
      wait(100ms);
    }
    EXPECT_GE(taken, 30);
    EXPECT_LE(taken, 42);
    done(2, delta::LimitSubmissions{0});
    EXPECT_EQ(submission(1000), Status::ok);
    EXPECT_EQ(submission(1001), Status::ok);
  });
}

TEST_F(OperatorsTest, a_limit_of_leases_holds_work_back_and_lets_it_go) {
  run({.orchestrators = 1, .runners = 5}, [this] {
    done(1, delta::LimitConcurrency{3});
    submit_many(1, 10, 10min);
    std::size_t most = 0;
    for (int second = 0; second < 60; ++second) {
      wait(1s);
      most = std::max(most, live());
    }
    EXPECT_EQ(most, 3U);
    done(2, delta::LimitConcurrency{0});
    wait(30s);
    EXPECT_EQ(live(), 10U);
  });
}

TEST_F(OperatorsTest, an_orchestrator_learns_of_a_limit_set_through_another) {
  run({.orchestrators = 2, .runners = 5}, [this] {
    done(1, delta::LimitConcurrency{2}, 1);
    wait(10s);
    submit_many(1, 10, 10min);
    wait(60s);
    EXPECT_LE(live(), 4U) << "soft by one batch of each orchestrator";
    EXPECT_GE(live(), 2U);
  });
}

TEST_F(OperatorsTest, leases_are_revoked_by_attempt_by_runner_and_all) {
  run({.orchestrators = 2, .runners = 3}, [this] {
    const auto runs = submit_many(1, 6, 1h);
    wait(5s);
    ASSERT_EQ(live(), 6U);
    const delta::Attempt one = only_attempt(runs[0]);
    EXPECT_EQ(done(1, delta::RevokeLeases{one.ref(), {}}).rows, 1U);
    EXPECT_EQ(tables().attempt(one.id)->lease_end, delta::LeaseEnd::revoked);
    EXPECT_EQ(tables().attempt(one.id)->state, AttemptState::lost);
    EXPECT_EQ(admin(2, delta::RevokeLeases{one.ref(), {}}).reason, delta::Reason::lease_over);
    const delta::RunnerId runner = only_attempt(runs[1]).runner;
    const std::uint32_t held = done(3, delta::RevokeLeases{{}, runner}).rows;
    EXPECT_GE(held, 1U);
    EXPECT_LE(held, 2U);
    const std::size_t rest = live();
    EXPECT_EQ(done(4, delta::RevokeLeases{}).rows, rest);
    EXPECT_EQ(done(4, delta::RevokeLeases{}, 1).rows, rest) << "the same answer, and no more";
    EXPECT_EQ(events_of_operators().size(), 1 + held + rest);
  });
}

TEST_F(OperatorsTest, what_the_queue_lost_is_enqueued_again_at_once) {
  run({.settings = "{reconcile_after: 1h, reconcile_interval: 1h}"}, [this] {
    for (const auto& node : cluster_->world().runners) node->pause();
    wait(70s);  // their long polls are over
    const auto runs = submit_many(1, 120, 1s);
    wait(10s);
    EXPECT_TRUE(tables().outbox().empty()) << "all of it went to the queue";
    std::vector<delta::AttemptId> sent;
    cluster_->world().database.on_commit([&sent](const sim::CommitView& commit) {
      for (const delta::Dispatch& row : commit.writes.outbox) sent.push_back(row.attempt);
    });
    const AdminReply reply = done(1, delta::ReenqueueWork{});
    EXPECT_EQ(reply.rows, 120U);
    EXPECT_FALSE(reply.more);
    EXPECT_EQ(std::set<delta::AttemptId>(sent.begin(), sent.end()).size(), 120U);
    EXPECT_EQ(done(1, delta::ReenqueueWork{}, 1).rows, 120U);
    EXPECT_EQ(done(2, delta::ReenqueueWork{only_attempt(runs[0]).id}).rows, 1U);
    EXPECT_EQ(sent.size(), 121U) << "a repetition sends nothing";
    EXPECT_EQ(events_of_operators().size(), 121U);
    wait(1s);
    EXPECT_TRUE(tables().outbox().empty()) << "and again to the queue";
  });
}

TEST_F(OperatorsTest, a_raised_ttl_keeps_a_running_job_alive_through_a_longer_silence) {
  run({.runners = 1}, [this] {
    const delta::RunId run = submit(1, job(10min));
    wait(5s);
    done(1, delta::SetLeaseTtl{10min, 1h});
    wait(30s);
    EXPECT_GT(only_attempt(run).expires_at, cluster_->world().database.now() + 9min);
    for (const auto& orchestrator : cluster_->world().orchestrators) {
      cluster_->world().network.cut(cluster_->world().runners[0]->host(), orchestrator->host());
    }
    wait(5min);
    EXPECT_EQ(only_attempt(run).state, AttemptState::running);
    for (const auto& orchestrator : cluster_->world().orchestrators) {
      cluster_->world().network.restore(cluster_->world().runners[0]->host(), orchestrator->host());
    }
    wait(6min);
    EXPECT_EQ(state_of(run), RunState::succeeded);
    EXPECT_EQ(tables().attempts().size(), 1U) << "the runner fenced itself by its own setting";
  });
}

TEST_F(OperatorsTest, a_lowered_ttl_ends_the_leases_of_a_dead_runner_sooner) {
  run({.runners = 1}, [this] {
    const delta::RunId run = submit(1, job(30min));
    wait(5s);
    done(1, delta::SetLeaseTtl{80s, 1h});
    wait(2min);
    const delta::Attempt first = only_attempt(run);
    EXPECT_LE(first.expires_at, cluster_->world().database.now() + 80s);
    EXPECT_EQ(first.state, AttemptState::running);
    cluster_->world().runners[0]->pause();
    wait(90s);
    EXPECT_EQ(tables().attempt(first.id)->state, AttemptState::lost);
  });
}

TEST_F(OperatorsTest, leases_of_an_older_generation_are_revoked_at_once_and_done_again) {
  run({.runners = 2}, [this] {
    wait(20s);
    const auto runs = submit_many(1, 4, 2min);
    wait(5s);
    ASSERT_EQ(live(), 4U);
    const delta::RunId waiting = submit(100, job(1s));
    EXPECT_EQ(done(1, delta::BeginGeneration{}).generation, 2U);
    wait(10s);
    for (const delta::RunId run : runs) {
      EXPECT_GE(only_attempt(run).number, 2) << "a new try";
      EXPECT_EQ(tables().job(run, 0)->losses, 1);
    }
    EXPECT_EQ(only_attempt(waiting).number, 1) << "what waited is unaffected";
    wait(10min);
    for (const delta::RunId run : runs) EXPECT_EQ(state_of(run), RunState::succeeded);
    EXPECT_EQ(state_of(waiting), RunState::succeeded);
  });
}

}  // namespace
}  // namespace aftershock
