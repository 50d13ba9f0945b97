// READ COMMITTED of the simulated PostgreSQL: what is visible when, and who waits for whom.
#include "tests/unit/database_fixture.h"

namespace aftershock::sim {
namespace {

using namespace delta;

using DatabaseIsolation = DatabaseTest;

WriteSet counted(const Run& before) {
  Run row = before;
  ++row.required_failed;
  WriteSet writes;
  writes.runs.push_back(update(row));
  return writes;
}

TEST_F(DatabaseIsolation, NobodySeesRowsBeforeTheirCommitIsFlushed) {
  kernel.run([this] {
    const auto writer = connect();
    const auto reader = connect();
    writer->open({});
    pass(kSoon);
    writer->commit(new_run(1));
    reader->find(FindRun{run_id(1)});
    pass(Duration(200'000));  // the reader's answer, but not yet the flush
    ASSERT_TRUE(reader->found());
    EXPECT_FALSE(reader->found()->run);
    EXPECT_FALSE(writer->committed());
    pass(kSoon);
    EXPECT_TRUE(writer->has_committed());
    reader->find(FindRun{run_id(1)});
    pass(kSoon);
    EXPECT_TRUE(reader->found()->run);
  });
}

TEST_F(DatabaseIsolation, WaiterReadsTheNewestVersionAndTheClockAfterTheLock) {
  kernel.run([this] {
    store(new_run(1));
    const auto first = connect();
    const auto second = connect();
    first->open(lock_run(1, Scope::attempt_and_run));
    pass(kSoon);
    second->open(lock_run(1, Scope::attempt_and_run));
    pass(3s);
    EXPECT_FALSE(second->opened());
    const DbTime before_commit = server.now();
    first->commit(counted(first->rows().runs[0]));
    pass(kSoon);
    ASSERT_TRUE(second->is_open());
    EXPECT_EQ(second->rows().runs[0].required_failed, 1u);
    EXPECT_GT((*second->opened())->now, before_commit);
    EXPECT_EQ(server.counters().lock_waits, 1u);
  });
}

TEST_F(DatabaseIsolation, WaitersAreServedInTheOrderInWhichTheyCame) {
  kernel.run([this] {
    store(new_run(1));
    std::vector<std::unique_ptr<Peer>> peers;
    for (int i = 0; i < 3; ++i) {
      peers.push_back(connect());
      peers.back()->open(lock_run(1, Scope::attempt_and_run));
    }
    pass(kSoon);
    EXPECT_TRUE(peers[0]->is_open());
    peers[0]->rollback();
    pass(kSoon);
    EXPECT_TRUE(peers[1]->is_open());
    EXPECT_FALSE(peers[2]->opened());
    server.disconnect(peers[1]->id());
    pass(kSoon);
    EXPECT_TRUE(peers[2]->is_open());
  });
}

TEST_F(DatabaseIsolation, SkipLockedLeavesOutALockedRunWithItsJobsAndTheirAttempts) {
  kernel.run([this] {
    store(new_run(1, 2));
    store(new_run(2, 2));
    const auto holder = connect();
    holder->open(lock_run(1, Scope::attempt_and_run));
    pass(kSoon);
    const auto skipper = connect();
    OpenRequest request = lock_run(1, Scope::run, OnLocked::skip);
    request.runs.push_back({run_id(2), Scope::run, 0});
    request.attempts.push_back(attempt_id(11));
    request.control = true;
    skipper->open(request);
    pass(kSoon);
    ASSERT_TRUE(skipper->is_open());
    EXPECT_EQ(skipper->rows().run(run_id(1)), nullptr);
    EXPECT_EQ(skipper->rows().job(run_id(1), 0), nullptr);
    EXPECT_EQ(skipper->rows().attempt(attempt_id(10)), nullptr);
    EXPECT_NE(skipper->rows().attempt(attempt_id(11)), nullptr) << "named, and not locked";
    EXPECT_NE(skipper->rows().run(run_id(2)), nullptr);
    EXPECT_EQ(skipper->rows().jobs.size(), 2u);
    EXPECT_NE(skipper->rows().attempt(attempt_id(21)), nullptr);
    EXPECT_TRUE((*skipper->opened())->control_locked);
  });
}

TEST_F(DatabaseIsolation, SkippedControlRowIsStillRead) {
  kernel.run([this] {
    OpenRequest request;
    request.control = true;
    const auto holder = connect();
    holder->open(request);
    request.on_locked = OnLocked::skip;
    const auto skipper = connect();
    skipper->open(request);
    pass(kSoon);
    ASSERT_TRUE(skipper->is_open());
    EXPECT_TRUE((*holder->opened())->control_locked);
    EXPECT_FALSE((*skipper->opened())->control_locked);
    EXPECT_EQ((*skipper->opened())->control.generation, 1u);
  });
}

TEST_F(DatabaseIsolation, ScopeJobLocksTheJobItsDescendantsAndTheirCurrentAttempts) {
  kernel.run([this] {
    store(new_run(1, 4));
    const auto peer = connect();
    OpenRequest request;
    request.runs.push_back({run_id(1), Scope::job, 2});
    request.attempts = {attempt_id(12), attempt_id(99)};
    peer->open(request);
    pass(kSoon);
    ASSERT_TRUE(peer->is_open());
    EXPECT_EQ(peer->rows().runs.size(), 1u);
    ASSERT_EQ(peer->rows().jobs.size(), 2u);
    EXPECT_EQ(peer->rows().jobs[0].index, 2u);
    EXPECT_EQ(peer->rows().jobs[1].index, 3u);
    ASSERT_EQ(peer->rows().attempts.size(), 2u);
    EXPECT_EQ(peer->rows().attempts[0].id, attempt_id(12));
    EXPECT_EQ(peer->rows().attempts[1].job_spec().name, "job-3");
  });
}

TEST_F(DatabaseIsolation, CurrentAttemptIsTakenFromTheNewestVersionOfTheLockedJob) {
  kernel.run([this] {
    store(new_run(1));
    const auto first = connect();
    const auto second = connect();
    first->open(lock_run(1, Scope::run));
    pass(kSoon);
    second->open(lock_run(1, Scope::run));
    WriteSet writes;
    Attempt retry = first->rows().attempts[0];
    retry.id = attempt_id(19);
    writes.attempts.push_back({retry, std::nullopt});
    Job job = first->rows().jobs[0];
    job.current = retry.id;
    writes.jobs.push_back({job, false});
    first->commit(writes);
    pass(kSoon);
    ASSERT_TRUE(second->is_open());
    ASSERT_EQ(second->rows().attempts.size(), 1u);
    EXPECT_EQ(second->rows().attempts[0].id, attempt_id(19));
  });
}

TEST_F(DatabaseIsolation, LockTimeoutRollsBackAndAnswersConflict) {
  kernel.run([this] {
    store(new_run(1));
    store(new_run(2));
    const auto holder = connect();
    holder->open(lock_run(2, Scope::attempt_and_run));
    const auto waiter = connect();
    OpenRequest both = lock_run(1, Scope::attempt_and_run);
    both.runs.push_back({run_id(2), Scope::attempt_and_run, 0});
    waiter->open(both);
    pass(4s);
    EXPECT_FALSE(waiter->opened());
    pass(2s);
    EXPECT_TRUE(waiter->has_conflict());
    EXPECT_EQ(server.counters().lock_timeouts, 1u);
    const auto third = connect();
    third->open(lock_run(1, Scope::attempt_and_run));
    pass(kSoon);
    EXPECT_TRUE(third->is_open()) << "the loser kept its lock on run 1";
    EXPECT_EQ(waiter->resets(), 0) << "the session stays usable";
    EXPECT_TRUE(waiter->open({}));
  });
}

TEST_F(DatabaseIsolation, LockTimeoutCountsEachWaitFromItsOwnBeginning) {
  kernel.run([this] {
    store(new_run(1));
    store(new_run(2));
    const auto first = connect();
    const auto second = connect();
    const auto waiter = connect();
    first->open(lock_run(1, Scope::attempt_and_run));
    OpenRequest both = lock_run(1, Scope::attempt_and_run);
    both.runs.push_back({run_id(2), Scope::attempt_and_run, 0});
    waiter->open(both);
    pass(3s);
    second->open(lock_run(2, Scope::attempt_and_run));
    pass(1s);
    first->rollback();
    pass(4s);  // 8 s after the first wait began, 4 s after the second
    EXPECT_FALSE(waiter->opened());
    second->rollback();
    pass(kSoon);
    EXPECT_TRUE(waiter->is_open());
    EXPECT_EQ(server.counters().lock_waits, 2u);
  });
}

TEST_F(DatabaseIsolation, TransactionWhoseClientFallsSilentIsEndedAndItsLocksAreFreed) {
  kernel.run([this] {
    store(new_run(1));
    const auto silent = connect();
    silent->open(lock_run(1, Scope::attempt_and_run));
    pass(9s);
    const auto late = connect();
    late->open(lock_run(1, Scope::attempt_and_run));
    pass(Duration(900'000'000));
    EXPECT_EQ(silent->resets(), 0);
    pass(Duration(200'000'000));
    EXPECT_EQ(silent->resets(), 1);
    EXPECT_TRUE(late->is_open());
    EXPECT_EQ(server.counters().idle_timeouts, 1u);
    EXPECT_FALSE(silent->commit({})) << "the connection is gone";
  });
}

TEST_F(DatabaseIsolation, IdleTimeoutOfEachTransactionCountsFromItsOwnLastAnswer) {
  kernel.run([this] {
    const auto first = connect();
    const auto second = connect();
    first->open({});
    pass(6s);
    second->open({});
    pass(5s);
    EXPECT_EQ(first->resets(), 1);
    EXPECT_EQ(second->resets(), 0);
    pass(6s);
    EXPECT_EQ(second->resets(), 1);
  });
}

TEST_F(DatabaseIsolation, IdleConnectionWithoutATransactionIsKept) {
  kernel.run([this] {
    const auto peer = connect();
    peer->open({});
    pass(kSoon);
    peer->rollback();
    pass(60s);
    EXPECT_EQ(peer->resets(), 0);
    EXPECT_EQ(server.counters().rolled_back, 0u);
  });
}

TEST_F(DatabaseIsolation, SecondUserOfAnOperationKeyWaitsAndGetsTheCommittedReply) {
  kernel.run([this] {
    const auto first = connect();
    const auto second = connect();
    const auto third = connect();
    first->open(insert_operation(1, 5));
    second->open(insert_operation(1, 6));
    third->open(insert_operation(1, 5));
    pass(kSoon);
    EXPECT_TRUE((*first->opened())->existing.empty());
    EXPECT_FALSE(second->opened());
    StoredReply reply;
    reply.detail = "the first one's answer";
    WriteSet writes;
    writes.operations.push_back({{operation_id(1), 5}, reply});
    first->commit(writes);
    pass(kSoon);
    ASSERT_TRUE(second->is_open());
    ASSERT_EQ((*second->opened())->existing.size(), 1u);
    const StoredOperation& stored = (*second->opened())->existing[0];
    EXPECT_EQ(stored.key.digest, 5u) << "the first one's digest, for comparison";
    EXPECT_EQ(stored.reply.detail, reply.detail);
    EXPECT_TRUE(third->is_open()) << "a key that is stored is not locked";
  });
}

TEST_F(DatabaseIsolation, SecondUserOfAnOperationKeyOwnsItWhenTheFirstRollsBack) {
  kernel.run([this] {
    const auto first = connect();
    const auto second = connect();
    const auto third = connect();
    first->open(insert_operation(1));
    second->open(insert_operation(1, 6));
    third->open(insert_operation(1));
    pass(kSoon);
    first->rollback();
    pass(kSoon);
    ASSERT_TRUE(second->is_open());
    EXPECT_TRUE((*second->opened())->existing.empty());
    EXPECT_FALSE(third->opened());
    WriteSet writes;
    writes.operations.push_back({{operation_id(1), 6}, {}});
    second->commit(writes);
    pass(kSoon);
    ASSERT_TRUE(third->is_open());
    EXPECT_EQ((*third->opened())->existing.at(0).key.digest, 6u);
  });
}

}  // namespace
}  // namespace aftershock::sim
