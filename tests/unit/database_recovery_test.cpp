// The simulated PostgreSQL after crashes: what its log gives back, and what a bad disk has lost.
#include "tests/unit/database_fixture.h"

namespace aftershock::sim {
namespace {

using namespace delta;

class DatabaseRecovery : public DatabaseTest {
 protected:
  void crash(CrashKind kind = CrashKind::power) {
    server.crash(1s, kind);
    pass(2s);
    ASSERT_TRUE(server.accepting());
  }
  void watch_rewinds() {
    server.on_rewind([this](const Tables& tables, const RecoveryPoint& point) {
      EXPECT_EQ(&tables, &server.tables());
      runs_at_rewind = tables.runs().size();
      rewinds.push_back(point);
    });
  }

  std::vector<RecoveryPoint> rewinds;
  std::size_t runs_at_rewind = 0;
};

TEST_F(DatabaseRecovery, RedoGivesBackEveryKindOfRow) {
  kernel.run([this] {
    watch_rewinds();
    WriteSet writes = new_run(1, 3);
    writes.operations.push_back({{operation_id(5), 6}, {}});
    writes.audit.resize(2);
    writes.outbox.push_back({attempt_id(10), DbTime(4s)});
    writes.outbox.push_back({attempt_id(11), DbTime(5s)});
    Control control;
    control.generation = 7;
    writes.control = control;
    OpenRequest request = insert_operation(5, 6);
    request.control = true;
    store(request, writes);
    WriteSet other;
    other.operations.push_back({{operation_id(8), 0}, {}});
    store(insert_operation(8), other);
    const auto peer = connect();
    const std::uint64_t deleted = server.tables().outbox().begin()->first;
    server.start_delete(peer->id(), {deleted}, [](const auto&) {});
    pass(kSoon);
    crash();
    const Tables& tables = server.tables();
    EXPECT_EQ(tables.runs().size(), 1u);
    EXPECT_EQ(tables.jobs().size(), 3u);
    EXPECT_EQ(tables.attempts().size(), 3u);
    EXPECT_EQ(tables.operation(operation_id(5))->key.digest, 6u);
    EXPECT_NE(tables.operation(operation_id(8)), nullptr);
    EXPECT_EQ(tables.audit().size(), 2u);
    ASSERT_EQ(tables.outbox().size(), 1u);
    EXPECT_EQ(tables.outbox().begin()->second.due, DbTime(5s));
    EXPECT_EQ(tables.control().generation, 7u);
    EXPECT_TRUE(rewinds.empty()) << "nothing was lost";
  });
}

TEST_F(DatabaseRecovery, LyingDiskLosesWhatWasAcknowledgedWhenThePowerFails) {
  kernel.run([this] {
    watch_rewinds();
    ASSERT_TRUE(try_store(1));
    const DbTime kept = server.now();
    server.disk().set_lying(true);
    ASSERT_TRUE(try_store(2));
    ASSERT_TRUE(try_store(3));
    crash();
    EXPECT_TRUE(stored(1));
    EXPECT_FALSE(stored(2));
    EXPECT_FALSE(stored(3));
    ASSERT_EQ(rewinds.size(), 1u);
    EXPECT_EQ(runs_at_rewind, 1u);
    EXPECT_EQ(rewinds[0].commits_kept, 1u);
    EXPECT_EQ(rewinds[0].commits_lost, 2u);
    EXPECT_EQ(rewinds[0].lsn.record, 1u);
    EXPECT_LE(rewinds[0].time, kept);
    EXPECT_EQ(server.tables().control().generation, 1u) << "it does not know that it lost anything";
    server.disk().set_lying(false);
    EXPECT_TRUE(try_store(2)) << "the same key is free again";
  });
}

TEST_F(DatabaseRecovery, LostDeletionGivesOutboxRowsBack) {
  kernel.run([this] {
    watch_rewinds();
    WriteSet writes = new_run(1);
    writes.outbox.push_back({attempt_id(10), {}});
    store(writes);
    server.disk().set_lying(true);
    const auto peer = connect();
    server.start_delete(peer->id(), {1}, [](const auto&) {});
    pass(kSoon);
    ASSERT_TRUE(server.tables().outbox().empty());
    crash();
    EXPECT_EQ(server.tables().outbox().size(), 1u);
    ASSERT_EQ(rewinds.size(), 1u);
    EXPECT_EQ(rewinds[0].commits_lost, 0u);
  });
}

TEST_F(DatabaseRecovery, LyingDiskLosesNothingWhileThePowerStaysOn) {
  kernel.run([this] {
    server.disk().set_lying(true);
    ASSERT_TRUE(try_store(1));
    crash(CrashKind::process);
    EXPECT_TRUE(stored(1));
    crash(CrashKind::power);
    EXPECT_FALSE(stored(1)) << "the recovery before it made nothing durable";
  });
}

TEST_F(DatabaseRecovery, FirstHonestSyncMakesEverythingBeforeItDurable) {
  kernel.run([this] {
    server.disk().set_lying(true);
    ASSERT_TRUE(try_store(1));
    server.disk().set_lying(false);
    ASSERT_TRUE(try_store(2));
    crash();
    EXPECT_TRUE(stored(1));
    EXPECT_TRUE(stored(2));
  });
}

TEST_F(DatabaseRecovery, FailedSyncIsAPanicThatLosesNothingAcknowledged) {
  kernel.run([this] {
    ASSERT_TRUE(try_store(1));
    const auto bystander = connect();
    server.disk().add_errors(1'000'000);
    EXPECT_FALSE(try_store(2));
    EXPECT_EQ(bystander->resets(), 1);
    EXPECT_EQ(server.counters().panics, 1u);
    server.disk().remove_errors(1'000'000);
    pass(2s);
    ASSERT_TRUE(server.accepting());
    EXPECT_TRUE(stored(1));
    EXPECT_FALSE(stored(2));
    EXPECT_TRUE(try_store(3));
  });
}

TEST_F(DatabaseRecovery, FullDiskIsARestartLoopUntilThereIsSpace) {
  kernel.run([this] {
    ASSERT_TRUE(try_store(1));
    server.disk().set_full(true);
    EXPECT_FALSE(try_store(2));
    for (int second = 0; second < 20; ++second) {
      EXPECT_FALSE(connect()->accepted());
      pass(1s);
    }
    EXPECT_GT(server.counters().panics, 10u);
    EXPECT_EQ(server.counters().starts, 1u);
    server.disk().set_full(false);
    pass(2s);
    EXPECT_TRUE(stored(1));
    EXPECT_TRUE(try_store(2));
  });
}

TEST_F(DatabaseRecovery, TornRecordEndsTheRedoBeforeIt) {
  kernel.run([this] {
    watch_rewinds();
    ASSERT_TRUE(try_store(1));
    server.disk().tear_next(3s);
    EXPECT_FALSE(try_store(2));
    EXPECT_FALSE(server.accepting());
    pass(4s);
    ASSERT_TRUE(server.accepting());
    EXPECT_TRUE(stored(1));
    EXPECT_FALSE(stored(2));
    EXPECT_TRUE(rewinds.empty()) << "it was not acknowledged";
    ASSERT_TRUE(try_store(3));
    crash();
    EXPECT_TRUE(stored(3)) << "the log goes on behind the torn record";
  });
}

TEST_F(DatabaseRecovery, RecordWithAWrongBitEndsTheRedoAndLosesWhatFollows) {
  kernel.run([this] {
    watch_rewinds();
    ASSERT_TRUE(try_store(1));
    server.disk().flip_next(1);
    ASSERT_TRUE(try_store(2));
    ASSERT_TRUE(try_store(3));
    EXPECT_TRUE(stored(2)) << "nobody has read it yet";
    crash(CrashKind::process);
    EXPECT_TRUE(stored(1));
    EXPECT_FALSE(stored(2));
    EXPECT_FALSE(stored(3));
    ASSERT_EQ(rewinds.size(), 1u);
    EXPECT_EQ(rewinds[0].commits_lost, 2u);
  });
}

TEST_F(DatabaseRecovery, CheckpointSparesTheRedoAndForgetsAWrongBit) {
  kernel.run([this] {
    server.disk().flip_next(1);
    ASSERT_TRUE(try_store(1));
    pass(400s);
    ASSERT_TRUE(try_store(2));
    crash();
    EXPECT_TRUE(stored(1));
    EXPECT_TRUE(stored(2));
  });
}

TEST_F(DatabaseRecovery, SequencesNeverGiveADurableValueTwice) {
  kernel.run([this] {
    std::uint64_t last = 0;
    for (std::uint64_t n = 1; n <= 5; ++n) {
      WriteSet writes = new_run(n);
      writes.audit.resize(20);
      writes.outbox.push_back({attempt_id(n * 10), {}});
      store(writes);
      EXPECT_GT(server.tables().audit().back().serial, last);
      last = server.tables().audit().back().serial;
      crash();
    }
    EXPECT_EQ(server.tables().audit().size(), 100u);
    EXPECT_EQ(server.tables().outbox().size(), 5u);
  });
}

TEST_F(DatabaseRecovery, RedoTakesLongerTheMoreLogThereIs) {
  const auto downtime_after = [](std::uint64_t runs) {
    Kernel own{{.seed = 1}};
    DatabaseOptions options;
    options.redo_rate = 10'000;
    DatabaseServer database(own, HostId{0}, options);
    Duration down{};
    own.run([&] {
      for (std::uint64_t n = 1; n <= runs; ++n) {
        Peer peer(database, own.main_process());
        peer.open({});
        own.sleep_until(own.now() + kSoon);
        peer.commit(new_run(n));
        own.sleep_until(own.now() + kSoon);
        database.disconnect(peer.id());
      }
      const SimTime start = own.now();
      database.crash(1s);
      while (!database.accepting()) own.sleep_until(own.now() + 1ms);
      down = own.now() - start;
    });
    return down;
  };
  const Duration none = downtime_after(0);
  const Duration little = downtime_after(5) - none;
  EXPECT_LE(none, 1s + 2ms);
  EXPECT_GT(little, 100ms);
  EXPECT_GT(downtime_after(50) - none, 5 * little);
}

TEST_F(DatabaseRecovery, ClockIsSteppedAndDrifts) {
  kernel.run([this] {
    pass(10s);
    server.clock().shift(-1h);
    EXPECT_EQ(server.now(), DbTime(10s - 1h));
    server.clock().shift(1h);
    server.clock().add_drift(500'000);
    pass(10s);
    EXPECT_EQ(server.now(), DbTime(25s));
    server.clock().add_drift(-750'000);
    pass(8s);
    EXPECT_EQ(server.now(), DbTime(31s));
  });
}

TEST_F(DatabaseRecovery, ReadsByTimeFollowAClockThatGoesBack) {
  kernel.run([this] {
    pass(100s);
    WriteSet writes = new_run(1);
    writes.attempts[0].row.available_at = server.now();
    writes.outbox.push_back({attempt_id(10), server.now()});
    store(writes);
    const auto peer = connect();
    const auto found = [&](const FindRequest& request) {
      peer->find(request);
      pass(kSoon);
      return peer->found()->attempts.size() + peer->found()->outbox.size();
    };
    EXPECT_EQ(found(FindDispatchable{}), 1u);
    EXPECT_EQ(found(FindOutbox{.age = 0s}), 1u);
    server.clock().shift(-50s);
    EXPECT_EQ(found(FindDispatchable{}), 0u);
    EXPECT_EQ(found(FindOutbox{.age = 0s}), 0u);
    pass(50s);
    EXPECT_EQ(found(FindDispatchable{}), 1u);
    EXPECT_EQ(found(FindOutbox{.age = 0s}), 1u);
  });
}

}  // namespace
}  // namespace aftershock::sim
