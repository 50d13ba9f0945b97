// Others at work on the simulated PostgreSQL: locks, taken connections, edits, slow and read-only
// times, and clients that vanish.
#include "simulator/world/database_outsider.h"

#include "simulator/world/database_client.h"
#include "tests/unit/database_fixture.h"

namespace aftershock::sim {
namespace {

using namespace delta;

class DatabaseOutsider : public DatabaseTest {
 protected:
  /// Run `n` of one job that somebody holds.
  void store_live(std::uint64_t n) {
    WriteSet writes = new_run(n);
    writes.attempts[0].row.state = AttemptState::running;
    writes.attempts[0].row.expires_at = DbTime(1h);
    store(writes);
  }
  void store_decided(std::uint64_t n) {
    WriteSet writes = new_run(n);
    writes.attempts[0].row.state = AttemptState::failed;
    writes.jobs[0].row.state = JobState::failed;
    writes.runs[0].row.state = RunState::failed;
    store(writes);
  }
};

TEST_F(DatabaseOutsider, HeldLocksAreWaitedForAndNoTimeoutEndsThem) {
  kernel.run([this] {
    store_live(1);
    store_live(2);
    Outsider outsider(server);
    outsider.hold(HeldRows::attempts, 1);
    pass(30s);
    const auto waits = connect();
    const auto skips = connect();
    const auto free = connect();
    waits->open(lock_attempts({10}));
    OpenRequest skip = lock_attempts({10});
    skip.on_locked = OnLocked::skip;
    skips->open(skip);
    free->open(lock_attempts({20}));
    pass(6s);
    EXPECT_TRUE(waits->has_conflict());
    EXPECT_TRUE(skips->is_open());
    EXPECT_TRUE(skips->rows().attempts.empty());
    EXPECT_TRUE(free->is_open());
    EXPECT_EQ(server.counters().lock_timeouts, 1u);
    EXPECT_EQ(server.counters().lock_skips, 1u);
    outsider.let_go();
    waits->open(lock_attempts({10}));
    pass(kSoon);
    EXPECT_TRUE(waits->is_open());
  });
}

TEST_F(DatabaseOutsider, HeldControlRowStopsSweepsOnly) {
  kernel.run([this] {
    store_live(1);
    Outsider outsider(server);
    outsider.hold(HeldRows::control, 0);
    pass(kSoon);
    const auto sweep = connect();
    const auto message = connect();
    OpenRequest request;
    request.control = true;
    request.on_locked = OnLocked::skip;
    sweep->open(request);
    message->open(lock_attempts({10}));
    pass(kSoon);
    EXPECT_FALSE((*sweep->opened())->control_locked);
    EXPECT_TRUE(message->is_open());
  });
}

TEST_F(DatabaseOutsider, LeasesEndNowAndThoseWhoWatchForItAreToldWithBothImages) {
  kernel.run([this] {
    store_live(1);
    store(new_run(2));
    int told = 0;
    server.on_commit([](const CommitView&) { ADD_FAILURE() << "no commit of the product"; });
    server.on_outside_write([&](const CommitView& view) {
      ++told;
      ASSERT_EQ(view.writes.attempts.size(), 1u);
      EXPECT_EQ(view.before.attempts[0]->expires_at, DbTime(1h));
      EXPECT_EQ(view.number, 0u);
    });
    Outsider outsider(server);
    outsider.expire_leases();
    pass(kSoon);
    EXPECT_EQ(told, 1);
    EXPECT_EQ(outsider.changed(), 1u);
    EXPECT_LE(server.tables().attempt(attempt_id(10))->expires_at, server.now());
    EXPECT_EQ(server.tables().attempt(attempt_id(20))->expires_at, kNever);
    EXPECT_TRUE(server.tables().audit().empty());
    server.crash(1s);
    EXPECT_LE(server.tables().attempt(attempt_id(10))->expires_at, server.now());
  });
}

TEST_F(DatabaseOutsider, UpdateFromOutsideWaitsForTheLocksOfTheProduct) {
  kernel.run([this] {
    store_live(1);
    const auto peer = connect();
    peer->open(lock_attempts({10}));
    pass(kSoon);
    Outsider outsider(server);
    outsider.expire_leases();
    pass(kSoon);
    EXPECT_EQ(outsider.changed(), 0u);
    const Attempt before = peer->rows().attempts[0];
    Attempt row = before;
    row.state = AttemptState::succeeded;
    WriteSet writes;
    writes.attempts.push_back(update(before, row));
    peer->commit(writes);
    pass(kSoon);
    EXPECT_EQ(outsider.changed(), 0u) << "the newest version is not live any more";
    EXPECT_EQ(server.tables().attempt(attempt_id(10))->expires_at, DbTime(1h));
  });
}

TEST_F(DatabaseOutsider, EditChangesOneDecidedRowWithoutAnEvent) {
  kernel.run([this] {
    store_live(1);
    store_decided(2);
    Outsider outsider(server);
    outsider.edit(EditedRow::attempt_state);
    pass(kSoon);
    EXPECT_EQ(server.tables().attempt(attempt_id(20))->state, AttemptState::succeeded);
    outsider.edit(EditedRow::job_state);
    pass(kSoon);
    EXPECT_EQ(server.tables().job(run_id(2), 0)->state, JobState::succeeded);
    outsider.edit(EditedRow::run_state);
    pass(kSoon);
    EXPECT_EQ(server.tables().run(run_id(2))->state, RunState::succeeded);
    EXPECT_EQ(outsider.changed(), 3u);
    EXPECT_EQ(server.tables().attempt(attempt_id(10))->state, AttemptState::running);
    EXPECT_TRUE(server.tables().audit().empty());
    EXPECT_EQ(server.counters().commits, 2u);
  });
}

TEST_F(DatabaseOutsider, TakenConnectionsLeaveTooFewForClients) {
  kernel.run([this] {
    const auto present = connect();
    server.take_connections(99);
    EXPECT_FALSE(connect()->accepted());
    EXPECT_EQ(server.counters().too_many_clients, 1u);
    EXPECT_TRUE(present->open({})) << "who is in stays in";
    Outsider outsider(server);
    outsider.expire_leases();
    pass(kSoon);
    EXPECT_EQ(server.connections(), 1u) << "a superuser's connection is reserved, and closed";
    server.take_connections(-1);
    EXPECT_TRUE(connect()->accepted());
  });
}

TEST_F(DatabaseOutsider, VanishedClientsGiveTheirConnectionsBackAfterTheKeepalive) {
  kernel.run([this] {
    Process& client = kernel.create_process("client");
    server.take_connections(98);
    Peer vanished(server, client);
    const auto present = connect();
    kernel.kill(client);
    pass(30s);
    EXPECT_FALSE(connect()->accepted());
    pass(31s);
    EXPECT_TRUE(connect()->accepted());
    EXPECT_TRUE(present->open({})) << "who is still there stays";
    EXPECT_FALSE(connect()->accepted());
  });
}

TEST_F(DatabaseOutsider, ReadOnlyServerRefusesLocksAndWritesAndAnswersReads) {
  kernel.run([this] {
    store_live(1);
    const auto before = connect();
    before->open(lock_attempts({10}));
    pass(kSoon);
    server.set_read_only(true);
    const auto peer = connect();
    peer->open({});
    pass(kSoon);
    ASSERT_TRUE(peer->opened());
    EXPECT_EQ(peer->opened()->error().kind, DbFailure::unavailable);
    peer->find(FindRun{run_id(1)});
    pass(kSoon);
    EXPECT_TRUE(peer->found()->run);
    std::optional<std::expected<void, DbError>> deleted;
    server.start_delete(peer->id(), {1}, [&](auto answer) { deleted = answer; });
    pass(kSoon);
    EXPECT_FALSE(*deleted);
    before->commit({});
    pass(kSoon);
    EXPECT_TRUE(before->has_committed()) << "it had begun before";
    EXPECT_EQ(server.counters().read_only, 2u);
    server.set_read_only(false);
    store(new_run(2));
  });
}

TEST_F(DatabaseOutsider, SlowServerMakesEachStatementLonger) {
  kernel.run([this] {
    server.latency().add(1s, 500ms);
    const auto peer = connect();
    peer->open({});
    pass(1s);
    EXPECT_FALSE(peer->opened());
    pass(600ms);
    EXPECT_TRUE(peer->is_open());
    peer->commit(new_run(1));
    pass(1s);
    EXPECT_FALSE(peer->committed());
    pass(600ms);
    EXPECT_TRUE(peer->has_committed());
    EXPECT_EQ(server.counters().slowed, 2u);
    server.latency().remove(1s, 500ms);
    store(new_run(2));
    EXPECT_EQ(server.counters().slowed, 2u);
  });
}

}  // namespace
}  // namespace aftershock::sim
