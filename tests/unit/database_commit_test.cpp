// Commits of the simulated PostgreSQL: predicates, atomicity, what observers see, what a crash or
// a broken connection leaves behind.
#include "tests/unit/database_fixture.h"

namespace aftershock::sim {
namespace {

using namespace delta;

class DatabaseCommit : public DatabaseTest {
 protected:
  static constexpr Duration kLongestStatement{200'000};  ///< no flush has ended by then

  /// Opens on `peer` and sends the commit of run `n`, which then waits for its flush.
  void begin_commit(Peer& peer, std::uint64_t n) {
    peer.open({});
    pass(kSoon);
    ASSERT_TRUE(peer.is_open());
    peer.commit(new_run(n));
  }
  bool stored(std::uint64_t n) const { return server.tables().run(run_id(n)) != nullptr; }
};

TEST_F(DatabaseCommit, OneFencedWriteThatMatchesNoRowRejectsEverything) {
  kernel.run([this] {
    store(new_run(1));
    const Attempt before = *server.tables().attempt(attempt_id(10));
    std::vector<AttemptFence> wrong(
        4, AttemptFence{before.state, before.epoch, before.token_hash, before.generation});
    wrong[0].state = AttemptState::leased;
    wrong[1].epoch = 1;
    wrong[2].token_hash = {1, 1};
    wrong[3].generation = 1;
    for (const AttemptFence& fence : wrong) {
      const auto peer = connect();
      peer->open(lock_run(1, Scope::run));
      pass(kSoon);
      WriteSet writes = new_run(2);
      writes.operations = {};
      writes.control.reset();
      writes.runs.push_back(update(*server.tables().run(run_id(1))));
      writes.attempts.push_back({before, fence});
      writes.outbox.push_back({before.id, {}});
      peer->commit(writes);
      pass(kSoon);
      ASSERT_TRUE(peer->committed());
      EXPECT_EQ(peer->committed()->outcome, CommitOutcome::not_committed);
      EXPECT_EQ(peer->committed()->error.kind, DbFailure::rejected);
      EXPECT_FALSE(stored(2));
      EXPECT_TRUE(server.tables().outbox().empty());
      EXPECT_TRUE(peer->open(lock_run(1, Scope::run))) << "the session stays usable";
      pass(kSoon);
      EXPECT_TRUE(peer->is_open()) << "and the locks are free";
      server.disconnect(peer->id());
    }
    EXPECT_EQ(server.counters().rejected, 4u);
  });
}

TEST_F(DatabaseCommit, AWithdrawnKeyIsNotStoredAndTheOthersAre) {
  kernel.run([this] {
    OpenRequest request = insert_operation(1);
    request.operations.push_back({operation_id(2), 0});
    WriteSet writes = new_run(1);
    writes.operations.push_back({{operation_id(1), 0}, {}});
    writes.withdrawn.push_back(operation_id(2));
    store(request, writes);
    EXPECT_NE(server.tables().operation(operation_id(1)), nullptr);
    EXPECT_EQ(server.tables().operation(operation_id(2)), nullptr);
  });
}

TEST_F(DatabaseCommit, OperationsPastTheirTimeArePurgedTheOldestFirst) {
  kernel.run([this] {
    for (std::uint64_t n = 1; n <= 5; ++n) {
      WriteSet writes;
      writes.operations.push_back({{operation_id(n), 0}, {}});
      store(insert_operation(n), writes);
      pass(1h);
    }
    const auto peer = connect();
    const auto purge = [&](Duration age, std::uint32_t limit) {
      std::uint32_t deleted = 99;
      server.start_purge(peer->id(), {age, limit}, [&](auto answer) { deleted = *answer; });
      pass(kSoon);
      return deleted;
    };
    EXPECT_EQ(purge(6h, 10), 0u);
    EXPECT_EQ(purge(2h, 3), 3u);
    EXPECT_EQ(server.tables().operations().size(), 2u);
    EXPECT_NE(server.tables().operation(operation_id(4)), nullptr);
    EXPECT_EQ(purge(2h, 3), 1u);
    EXPECT_NE(server.tables().operation(operation_id(5)), nullptr);
  });
}

TEST_F(DatabaseCommit, RunInAnotherStateRejectsItsUpdate) {
  kernel.run([this] {
    store(new_run(1));
    const auto peer = connect();
    peer->open(lock_run(1, Scope::attempt_and_run));
    pass(kSoon);
    WriteSet writes;
    writes.runs.push_back({peer->rows().runs[0], RunState::running});
    peer->commit(writes);
    pass(kSoon);
    EXPECT_EQ(peer->committed()->error.kind, DbFailure::rejected);
  });
}

TEST_F(DatabaseCommit, SecondInserterOfAKeyWaitsAndIsRejectedAfterTheFirstsCommit) {
  kernel.run([this] {
    const auto first = connect();
    const auto second = connect();
    first->open({});
    second->open({});
    pass(kSoon);
    first->commit(new_run(1));
    second->commit(new_run(1));
    EXPECT_EQ(server.counters().lock_waits, 1u);
    pass(kSoon);
    EXPECT_TRUE(first->has_committed());
    EXPECT_EQ(second->committed()->error.kind, DbFailure::rejected);
    store({}, new_run(2));
    second->open(lock_run(1, Scope::run));
    const auto third = connect();
    third->open({});
    pass(kSoon);
    third->commit(new_run(1));
    pass(kSoon);
    EXPECT_EQ(third->committed()->error.kind, DbFailure::rejected) << "a lock does not delay it";
  });
}

TEST_F(DatabaseCommit, AttemptWithoutItsRunIsRejectedAndOneWithItGetsTheRunsSpec) {
  kernel.run([this] {
    WriteSet orphan = new_run(1);
    orphan.runs.clear();
    orphan.jobs.clear();
    const auto peer = connect();
    peer->open({});
    pass(kSoon);
    peer->commit(orphan);
    pass(kSoon);
    EXPECT_EQ(peer->committed()->error.kind, DbFailure::rejected);
    store(new_run(1));
    EXPECT_EQ(server.tables().attempt(attempt_id(10))->spec, server.tables().run(run_id(1))->spec);
  });
}

TEST_F(DatabaseCommit, WritingARowWithoutItsLockIsABug) {
  const auto write_unlocked = [this] {
    store(new_run(1));
    const auto peer = connect();
    peer->open({});
    pass(kSoon);
    WriteSet writes;
    writes.runs.push_back(update(*server.tables().run(run_id(1))));
    peer->commit(writes);
  };
  try {
    kernel.run(write_unlocked);
    FAIL() << "no panic";
  } catch (const KernelPanic& panic) {
    EXPECT_NE(panic.panic.message.find("holder"), std::string::npos) << panic.panic.message;
  }
}

TEST_F(DatabaseCommit, OutboxSerialsAreAnsweredInOrderAndNameTheirRows) {
  kernel.run([this] {
    store(new_run(1));
    const auto peer = connect();
    peer->open({});
    pass(kSoon);
    WriteSet writes;
    writes.outbox.push_back({attempt_id(20), DbTime(5s)});
    writes.outbox.push_back({attempt_id(10), DbTime(4s)});
    writes.audit.resize(2);
    peer->commit(writes);
    pass(kSoon);
    const std::vector<std::uint64_t> serials = peer->committed()->outbox;
    ASSERT_EQ(serials.size(), 2u);
    EXPECT_LT(serials[0], serials[1]);
    EXPECT_EQ(server.tables().outbox().at(serials[0]).attempt, attempt_id(20));
    EXPECT_EQ(server.tables().outbox().at(serials[1]).due, DbTime(4s));
    EXPECT_LT(server.tables().audit().at(0).serial, server.tables().audit().at(1).serial);
  });
}

TEST_F(DatabaseCommit, ObserverSeesBothImagesBeforeAnyoneElseSeesTheNewOne) {
  kernel.run([this] {
    store(new_run(1));
    int calls = 0;
    server.on_commit([&](const CommitView& view) {
      ++calls;
      ASSERT_EQ(view.writes.runs.size(), 2u);
      ASSERT_EQ(view.before.runs.size(), 2u);
      EXPECT_EQ(view.before.runs[0]->state, RunState::queued);
      EXPECT_EQ(view.writes.runs[0].row.state, RunState::running);
      EXPECT_EQ(view.before.runs[1], nullptr);
      EXPECT_EQ(view.before.jobs, std::vector<const Job*>{nullptr});
      EXPECT_EQ(view.before.attempts, std::vector<const Attempt*>{nullptr});
      EXPECT_NE(view.writes.attempts[0].row.spec, nullptr);
      EXPECT_EQ(view.number, 2u);
      EXPECT_EQ(view.now, server.now());
      EXPECT_EQ(server.tables().run(run_id(1))->state, RunState::queued);
    });
    WriteSet writes;
    delta::Run row = *server.tables().run(run_id(1));
    row.state = RunState::running;
    writes.runs.push_back({row, RunState::queued});
    WriteSet inserts = new_run(2);
    writes.runs.push_back(inserts.runs[0]);
    writes.jobs = inserts.jobs;
    writes.attempts = inserts.attempts;
    store(lock_run(1, Scope::attempt_and_run), writes);
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(server.tables().run(run_id(1))->state, RunState::running);
  });
}

TEST_F(DatabaseCommit, EveryCommitIsPartOfTheDigest) {
  const auto digest_of = [](std::uint64_t run) {
    Kernel own{{.seed = 1}};
    DatabaseServer database(own, HostId{0}, {});
    own.run([&] {
      Peer peer(database, own.main_process());
      peer.open({});
      own.sleep_until(SimTime(kSoon));
      peer.commit(new_run(run));
      own.sleep_until(SimTime(2 * kSoon));
    });
    return own.digest();
  };
  EXPECT_EQ(digest_of(1), digest_of(1));
  EXPECT_NE(digest_of(1), digest_of(2));
}

TEST_F(DatabaseCommit, CrashLosesWhatWasNotFlushedAndKeepsWhatWas) {
  kernel.run([this] {
    const auto flushed = connect();
    begin_commit(*flushed, 1);
    pass(kSoon);
    const auto unflushed = connect();
    begin_commit(*unflushed, 2);
    pass(kLongestStatement);
    const auto open = connect();
    open->open(lock_run(1, Scope::run));
    server.crash(1s);
    EXPECT_EQ(unflushed->resets(), 1);
    EXPECT_EQ(open->resets(), 1);
    EXPECT_FALSE(connect()->accepted());
    pass(2s);
    EXPECT_FALSE(unflushed->committed());
    EXPECT_TRUE(stored(1));
    EXPECT_FALSE(stored(2));
    const auto again = connect();
    ASSERT_TRUE(again->accepted());
    again->open(lock_run(1, Scope::run));
    pass(kSoon);
    EXPECT_TRUE(again->is_open()) << "no lock survives";
    EXPECT_EQ(server.counters().starts, 2u);
    EXPECT_EQ(server.counters().rolled_back, 2u);
    EXPECT_EQ(server.counters().refused_connections, 1u);
  });
}

TEST_F(DatabaseCommit, CrashWhileDownStartsTheDowntimeAnew) {
  kernel.run([this] {
    server.crash(2s);
    pass(1s);
    server.crash(2s);
    pass(Duration(1'500'000'000));
    EXPECT_FALSE(server.accepting());
    pass(1s);
    EXPECT_TRUE(server.accepting());
    EXPECT_EQ(server.counters().starts, 2u);
  });
}

TEST_F(DatabaseCommit, InDoubtCommitsHappenOrNotAndAreNeverAnswered) {
  kernel.run([this] {
    server.set_in_doubt(true);
    std::uint64_t present = 0;
    for (std::uint64_t n = 1; n <= 20; ++n) {
      const auto peer = connect();
      begin_commit(*peer, n);
      pass(kSoon);
      EXPECT_FALSE(peer->committed());
      EXPECT_EQ(peer->resets(), 1);
      if (stored(n)) ++present;
    }
    EXPECT_GT(present, 0u);
    EXPECT_LT(present, 20u);
    EXPECT_EQ(server.counters().in_doubt_committed, present);
    EXPECT_EQ(server.counters().in_doubt_dropped, 20 - present);
    server.set_in_doubt(false);
    store(new_run(30));
  });
}

TEST_F(DatabaseCommit, DroppedConnectionsRollBackButACommitBeingFlushedHappens) {
  kernel.run([this] {
    store(new_run(1));
    const auto committing = connect();
    begin_commit(*committing, 2);
    const auto open = connect();
    open->open(lock_run(1, Scope::run));
    const auto waiting = connect();
    waiting->open(lock_run(1, Scope::run));
    const auto idle = connect();
    server.drop_connections();
    pass(kSoon);
    for (const auto* peer : {&committing, &open, &waiting, &idle}) EXPECT_EQ((*peer)->resets(), 1);
    EXPECT_FALSE(committing->committed());
    EXPECT_FALSE(waiting->opened());
    EXPECT_TRUE(stored(2));
    EXPECT_EQ(server.connections(), 0u);
    EXPECT_EQ(server.counters().reset_connections, 4u);
    EXPECT_EQ(server.counters().rolled_back, 2u);
    store(lock_run(1, Scope::run), {});
  });
}

TEST_F(DatabaseCommit, OutageResetsConnectionsAndRefusesNewOnesUntilItEnds) {
  kernel.run([this] {
    const auto peer = connect();
    server.set_outage(true);
    EXPECT_EQ(peer->resets(), 1);
    EXPECT_FALSE(connect()->accepted());
    pass(60s);
    EXPECT_FALSE(connect()->accepted());
    server.set_outage(false);
    EXPECT_TRUE(connect()->accepted());
    EXPECT_EQ(server.counters().starts, 1u);
  });
}

TEST_F(DatabaseCommit, ClockRunsAheadByItsOffset) {
  kernel.run([this] {
    pass(3s);
    EXPECT_EQ(server.now(), DbTime(3s));
    server.clock().shift(1h);
    EXPECT_EQ(server.now(), DbTime(1h + 3s));
  });
}

}  // namespace
}  // namespace aftershock::sim
