// Backups, damage and restores of the simulated PostgreSQL: where it stands afterwards.
#include "tests/unit/database_fixture.h"

namespace aftershock::sim {
namespace {

using namespace delta;

class DatabaseRestore : public DatabaseTest {
 protected:
  DatabaseRestore() : DatabaseTest(options()) {}

  static DatabaseOptions options() {
    DatabaseOptions options;
    options.backups = BackupOptions{.interval = 600s, .archive_timeout = 60s};
    return options;
  }

  void restore(const RestoreOptions& wish = {}) {
    server.restore(wish, [this](const std::optional<RecoveryPoint>& point) {
      ++answers;
      restored = point;
    });
    EXPECT_FALSE(server.accepting());
    pass(60s);
  }
  std::uint64_t generation() const { return server.tables().control().generation; }

  std::optional<RecoveryPoint> restored;
  int answers = 0;
  std::vector<RecoveryPoint> rewinds;
};

TEST_F(DatabaseRestore, WithTheWholeLogNothingIsLostAndTheGenerationIsRaised) {
  kernel.run([this] {
    server.on_rewind([this](const Tables& tables, const RecoveryPoint& point) {
      EXPECT_EQ(tables.control().generation, 2u);
      rewinds.push_back(point);
    });
    ASSERT_TRUE(try_store(1));
    pass(700s);
    ASSERT_TRUE(try_store(2));
    pass(100s);
    ASSERT_TRUE(try_store(3));
    const auto client = connect();
    restore();
    EXPECT_EQ(client->resets(), 1);
    ASSERT_TRUE(restored);
    EXPECT_EQ(restored->commits_kept, 3u);
    EXPECT_EQ(restored->commits_lost, 0u);
    EXPECT_TRUE(stored(1) && stored(2) && stored(3));
    EXPECT_EQ(generation(), 2u);
    EXPECT_EQ(rewinds.size(), 1u);
    EXPECT_EQ(server.counters().restores, 1u);
    ASSERT_TRUE(try_store(4));
    server.crash(1s);
    pass(2s);
    EXPECT_TRUE(stored(4));
    EXPECT_EQ(generation(), 2u) << "the new generation is durable";
  });
}

TEST_F(DatabaseRestore, WithoutTheDiskWhatWasNotArchivedIsLost) {
  kernel.run([this] {
    ASSERT_TRUE(try_store(1));
    pass(61s);
    ASSERT_TRUE(try_store(2));
    server.corrupt(Damage::all);
    EXPECT_FALSE(server.accepting());
    pass(120s);
    EXPECT_FALSE(server.accepting()) << "no start finds its checkpoint";
    EXPECT_GT(server.counters().panics, 10u);
    restore();
    ASSERT_TRUE(restored);
    EXPECT_EQ(restored->commits_kept, 1u);
    EXPECT_EQ(restored->commits_lost, 1u);
    EXPECT_TRUE(stored(1));
    EXPECT_FALSE(stored(2));
    EXPECT_TRUE(try_store(2));
  });
}

TEST_F(DatabaseRestore, OpenSegmentIsArchivedWhenItIsOldOrFull) {
  kernel.run([this] {
    ASSERT_TRUE(try_store(1));
    EXPECT_TRUE(server.archive()->is_segment_open());
    EXPECT_TRUE(server.archive()->records_after({}).empty());
    pass(61s);
    EXPECT_FALSE(server.archive()->is_segment_open());
    EXPECT_EQ(server.archive()->records_after({}).size(), 1u);
  });
  Archive archive({.segment_bytes = 1000});
  const auto record = [](std::uint64_t number) {
    WalRecord made;
    made.end = {number, number * 400};
    return std::make_shared<const WalRecord>(made);
  };
  for (const std::uint64_t number : {1u, 2u, 3u}) archive.add(record(number));
  EXPECT_TRUE(archive.records_after({}).empty());
  archive.add(record(4));
  EXPECT_EQ(archive.records_after({}).size(), 4u);
  EXPECT_EQ(archive.records_after({2, 800}).size(), 2u);
}

TEST_F(DatabaseRestore, LogOfADamagedDiskIsNotReadAndItsNextWriteIsAPanic) {
  kernel.run([this] {
    ASSERT_TRUE(try_store(1));
    server.corrupt(Damage::wal);
    EXPECT_TRUE(server.accepting()) << "nobody has noticed";
    EXPECT_FALSE(try_store(2));
    pass(10s);
    EXPECT_FALSE(server.accepting());
    restore();
    ASSERT_TRUE(restored);
    EXPECT_FALSE(stored(1)) << "it was on that disk only";
    EXPECT_TRUE(try_store(3));
  });
}

TEST_F(DatabaseRestore, DamagedPagesFailWhatTouchesThemUntilTheRestore) {
  kernel.run([this] {
    WriteSet writes = new_run(1);
    writes.attempts[0].row.state = AttemptState::leased;
    writes.attempts[0].row.expires_at = DbTime(1s);
    auto peer = connect();
    peer->open({});
    pass(kSoon);
    peer->commit(writes);
    pass(2s);
    server.corrupt(Damage::rows);
    peer->open(lock_attempts({10}));
    pass(kSoon);
    ASSERT_TRUE(peer->opened());
    ASSERT_FALSE(*peer->opened());
    EXPECT_EQ(peer->opened()->error().kind, DbFailure::rejected);
    std::optional<std::expected<Found, DbError>> found;
    server.start_find(peer->id(), FindDue{}, [&](auto answer) { found = std::move(answer); });
    pass(kSoon);
    EXPECT_FALSE(*found);
    EXPECT_EQ(server.counters().damaged, 2u);
    EXPECT_TRUE(try_store(2)) << "other pages are sound";
    restore();
    peer = connect();
    peer->open(lock_attempts({10}));
    pass(kSoon);
    EXPECT_TRUE(peer->is_open());
    EXPECT_TRUE(stored(2));
  });
}

TEST_F(DatabaseRestore, BadBackupIsPassedOverForAnOlderOne) {
  kernel.run([this] {
    ASSERT_TRUE(try_store(1));
    pass(601s);
    ASSERT_TRUE(try_store(2));
    server.archive()->damage_newest_backup();
    restore();
    ASSERT_TRUE(restored);
    EXPECT_TRUE(stored(1) && stored(2));
  });
}

TEST_F(DatabaseRestore, WithoutAGoodBackupItSaysSoAndGoesOn) {
  kernel.run([this] {
    ASSERT_TRUE(try_store(1));
    server.archive()->damage_newest_backup();
    restore();
    EXPECT_EQ(answers, 1);
    EXPECT_FALSE(restored);
    EXPECT_TRUE(stored(1));
    EXPECT_EQ(generation(), 1u);
    EXPECT_TRUE(try_store(2));
  });
}

TEST_F(DatabaseRestore, PointInTimeKeepsWhatIsOlderAndNothingElse) {
  kernel.run([this] {
    ASSERT_TRUE(try_store(1));
    const DbTime between = server.now();
    pass(10s);
    ASSERT_TRUE(try_store(2));
    pass(700s);
    restore({.until = between});
    ASSERT_TRUE(restored);
    EXPECT_TRUE(stored(1));
    EXPECT_FALSE(stored(2));
    EXPECT_EQ(restored->commits_lost, 1u);
    EXPECT_LE(restored->time, between);
    ASSERT_TRUE(try_store(3));
    restore();
    EXPECT_TRUE(stored(3));
    EXPECT_FALSE(stored(2)) << "the other timeline is gone";
    EXPECT_EQ(generation(), 3u);
  });
}

TEST_F(DatabaseRestore, TakesLongerTheMoreThereIs) {
  const auto length = [](std::uint64_t runs) {
    Kernel own{{.seed = 1}};
    DatabaseOptions slow = options();
    slow.copy_rate = 1000;
    slow.restore_overhead = 1s;
    DatabaseServer database(own, HostId{0}, slow);
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
      own.sleep_until(SimTime(601s));
      const SimTime start = own.now();
      database.restore({}, [](const auto&) {});
      while (!database.accepting()) own.sleep_until(own.now() + 10ms);
      down = own.now() - start;
    });
    return down;
  };
  EXPECT_LE(length(0), 1s + 20ms);
  EXPECT_GT(length(40), 5 * (length(4) - 1s));
}

TEST_F(DatabaseRestore, CrashInTheMiddleLetsItBeginAnew) {
  kernel.run([this] {
    ASSERT_TRUE(try_store(1));
    server.restore({}, [this](const std::optional<RecoveryPoint>& point) {
      ++answers;
      restored = point;
    });
    pass(10s);
    server.crash(5s);
    pass(16s);
    EXPECT_FALSE(server.accepting()) << "it would have been done by now";
    pass(30s);
    EXPECT_TRUE(server.accepting());
    EXPECT_EQ(answers, 1);
    EXPECT_EQ(generation(), 2u);
    EXPECT_TRUE(stored(1));
  });
}

TEST_F(DatabaseRestore, ArchiveForgetsWhatALyingDiskLost) {
  kernel.run([this] {
    ASSERT_TRUE(try_store(1));
    server.disk().set_lying(true);
    ASSERT_TRUE(try_store(2));
    pass(61s);
    server.crash(1s);
    pass(2s);
    server.disk().set_lying(false);
    ASSERT_FALSE(stored(2));
    ASSERT_TRUE(try_store(3));
    restore();
    EXPECT_TRUE(stored(1) && stored(3));
    EXPECT_FALSE(stored(2));
  });
}

}  // namespace
}  // namespace aftershock::sim
