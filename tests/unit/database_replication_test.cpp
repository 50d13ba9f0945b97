// Several servers of the simulated PostgreSQL: streaming, what commits wait for, promotions and
// what is lost by them, and servers that are behind for good.
#include "simulator/world/database_client.h"
#include "simulator/world/database_cluster.h"
#include "tests/unit/database_fixture.h"

namespace aftershock::sim {
namespace {

using namespace delta;

class DatabaseReplication : public testing::Test {
 protected:
  void start(const ReplicationOptions& options, const DatabaseOptions& servers = {}) {
    std::vector<HostId> hosts;
    for (std::uint32_t i = 0; i <= options.standbys; ++i) {
      hosts.push_back(network.add_host("server-" + std::to_string(i)));
    }
    client_host = network.add_host("client");
    cluster = std::make_unique<DatabaseCluster>(kernel, network, hosts, servers, options, nullptr);
    cluster->on_rewind(
        [this](const Tables&, const RecoveryPoint& point) { lost.push_back(point.commits_lost); });
    cluster->on_stray_commit([this](const CommitView&, std::size_t) { ++strays; });
    pass(3s);  // the standbys have connected
  }

  void pass(Duration duration) { kernel.sleep_until(kernel.now() + duration); }
  std::unique_ptr<Session> session() {
    auto made =
        DatabaseClient(kernel, network, kernel.main_process(), client_host, *cluster, {}).connect();
    return made ? std::move(*made) : nullptr;
  }
  CommitOutcome store_by(Session& session, std::uint64_t n) {
    if (!session.open({})) return CommitOutcome::not_committed;
    return session.commit(new_run(n)).outcome;
  }
  CommitOutcome store(std::uint64_t n) {
    const auto own = session();
    return own ? store_by(*own, n) : CommitOutcome::not_committed;
  }
  bool has(std::size_t server, std::uint64_t n) const {
    return cluster->server(server).tables().run(run_id(n)) != nullptr;
  }
  bool has(std::uint64_t n) const { return cluster->tables().run(run_id(n)) != nullptr; }
  std::uint64_t generation() const { return cluster->tables().control().generation; }
  DatabaseCluster::Outcome promote(const PromoteOptions& options = {}) {
    std::optional<DatabaseCluster::Outcome> outcome;
    cluster->promote(options, [&](DatabaseCluster::Outcome reached) { outcome = reached; });
    pass(20s);  // every client looks up the address again
    return *outcome;
  }
  std::size_t rebuild() {
    std::size_t copies = 0;
    cluster->rebuild([&](std::size_t made) { copies = made; });
    pass(20s);
    return copies;
  }
  void isolate(std::size_t server, bool on) {
    for (std::size_t other = 0; other < cluster->size(); ++other) {
      if (other == server) continue;
      const HostId a = cluster->host(server);
      const HostId b = cluster->host(other);
      on ? network.cut(a, b) : network.restore(a, b);
      on ? network.cut(b, a) : network.restore(b, a);
    }
  }

  Kernel kernel{{.seed = 5}};
  Network network{kernel, {}};
  HostId client_host{};
  std::unique_ptr<DatabaseCluster> cluster;
  std::vector<std::uint64_t> lost;
  int strays = 0;
};

constexpr auto kCommitted = CommitOutcome::committed;
constexpr auto kUnknown = CommitOutcome::unknown;

TEST_F(DatabaseReplication, AStandbyReplaysWhatThePrimaryCommits) {
  kernel.run([this] {
    start({.standbys = 2});
    ASSERT_EQ(store(1), kCommitted);
    pass(100ms);
    EXPECT_TRUE(has(1, 1) && has(2, 1));
    EXPECT_EQ(cluster->replica(0).lag(1), Duration(0));
  });
}

TEST_F(DatabaseReplication, AStandbyAnswersReadsAndRefusesWrites) {
  kernel.run([this] {
    start({.standbys = 1});
    ASSERT_EQ(store(1), kCommitted);
    pass(100ms);
    Peer reader(cluster->server(1), kernel.main_process());
    reader.find(FindRun{run_id(1)});
    pass(10ms);
    ASSERT_TRUE(reader.found() && reader.found()->run);
    reader.open({});
    pass(10ms);
    ASSERT_TRUE(reader.opened());
    ASSERT_FALSE(reader.is_open());
    EXPECT_EQ(reader.opened()->error().kind, DbFailure::unavailable);
    EXPECT_EQ(cluster->server(1).counters().read_only, 1U);
  });
}

TEST_F(DatabaseReplication, AClientThatWantsToWriteTurnsAwayFromAStandby) {
  kernel.run([this] {
    start({.standbys = 1});
    const auto reader =
        DatabaseClient(kernel, network, kernel.main_process(), client_host, cluster->server(1), {})
            .connect();
    ASSERT_FALSE(reader);
    EXPECT_EQ(reader.error().kind, DbFailure::unavailable);
    pass(1s);
    EXPECT_EQ(cluster->server(1).connections(), 0U);
  });
}

TEST_F(DatabaseReplication, AnAsynchronousFailoverLosesExactlyWhatTheLagHeld) {
  kernel.run([this] {
    start({.standbys = 1, .delay = 10s});
    ASSERT_EQ(store(1), kCommitted);
    pass(11s);
    ASSERT_EQ(store(2), kCommitted);
    pass(5s);
    const auto outcome = promote();
    ASSERT_TRUE(outcome);
    EXPECT_TRUE(outcome->raised);
    EXPECT_EQ(outcome->timeline, 2U);
    EXPECT_EQ(lost, std::vector<std::uint64_t>{1});
    EXPECT_TRUE(has(1));
    EXPECT_FALSE(has(2));
    EXPECT_EQ(generation(), 2U) << "leases of the lost tail are worth nothing";
    EXPECT_EQ(store(3), kCommitted);
    EXPECT_TRUE(has(1, 3));
    EXPECT_EQ(strays, 0);
  });
}

TEST_F(DatabaseReplication, ASynchronousFailoverLosesNothingAndKeepsLeases) {
  kernel.run([this] {
    start({.standbys = 2, .synchronous = Synchronous::first});
    for (std::uint64_t n = 1; n <= 20; ++n) ASSERT_EQ(store(n), kCommitted);
    const auto outcome = promote();
    ASSERT_TRUE(outcome);
    EXPECT_FALSE(outcome->raised);
    EXPECT_TRUE(lost.empty());
    EXPECT_TRUE(has(20));
    EXPECT_EQ(generation(), 1U);
    EXPECT_EQ(store(21), kCommitted);
    const std::size_t other = 3 - outcome->server;
    EXPECT_TRUE(has(other, 21)) << "the other standby follows the new timeline, and is waited for";
  });
}

TEST_F(DatabaseReplication, ACommitWaitsForAStandbyThatIsGoneAndStaysInDoubt) {
  kernel.run([this] {
    start({.standbys = 1, .synchronous = Synchronous::first});
    isolate(1, true);
    const auto own = session();
    ASSERT_TRUE(own->open({}));
    bool answered = false;
    kernel.spawn(kernel.main_process(), "client", [&] {
      EXPECT_EQ(own->commit(new_run(1)).outcome, kUnknown);
      answered = true;
    });
    pass(60s);
    EXPECT_FALSE(answered) << "it waits as long as the standby is away";
    EXPECT_FALSE(has(1)) << "and nobody sees it";
    cluster->primary().drop_connections();
    pass(1s);
    EXPECT_TRUE(answered);
    isolate(1, false);
    pass(10s);
    EXPECT_TRUE(has(0, 1) && has(1, 1)) << "it happened all the same";
  });
}

TEST_F(DatabaseReplication, AQuorumNeedsAnyOfTheStandbys) {
  kernel.run([this] {
    start({.standbys = 3, .synchronous = Synchronous::quorum, .confirmations = 2});
    isolate(1, true);
    ASSERT_EQ(store(1), kCommitted);
    const auto outcome = promote();
    ASSERT_TRUE(outcome);
    EXPECT_NE(outcome->server, 1U) << "the most advanced one";
    EXPECT_FALSE(outcome->raised);
    EXPECT_TRUE(has(1));
    isolate(1, false);
  });
}

TEST_F(DatabaseReplication, WhereTooFewStandbysCanBeAskedAPromotionMayLose) {
  kernel.run([this] {
    start({.standbys = 3, .synchronous = Synchronous::quorum, .confirmations = 1});
    ASSERT_EQ(store(1), kCommitted);
    cluster->fence(2);
    const auto outcome = promote();
    ASSERT_TRUE(outcome);
    EXPECT_TRUE(outcome->raised) << "the one that is gone may have confirmed alone";
  });
}

TEST_F(DatabaseReplication, AFencedPrimaryServesNobody) {
  kernel.run([this] {
    start({.standbys = 1});
    const auto old = session();
    ASSERT_EQ(store_by(*old, 1), kCommitted);
    pass(1s);
    ASSERT_TRUE(promote());
    EXPECT_NE(store_by(*old, 2), kCommitted);
    EXPECT_EQ(strays, 0);
    EXPECT_FALSE(cluster->server(0).running());
  });
}

TEST_F(DatabaseReplication, WithoutAFenceTheOldPrimaryServesThoseWhoKeepTheirConnection) {
  kernel.run([this] {
    start({.standbys = 1});
    const auto old = session();
    ASSERT_EQ(store_by(*old, 1), kCommitted);
    pass(1s);
    ASSERT_TRUE(promote({.fence = false}));
    EXPECT_EQ(store_by(*old, 2), kCommitted);
    EXPECT_EQ(store(3), kCommitted);
    EXPECT_EQ(strays, 1);
    EXPECT_TRUE(has(0, 2) && !has(1, 2));
    EXPECT_TRUE(has(1, 3) && !has(0, 3));
  });
}

TEST_F(DatabaseReplication, ARestoreEndsWithoutTheBackupsThatWentToANewPrimary) {
  kernel.run([this] {
    start({.standbys = 1}, {.backups = BackupOptions{}});
    ASSERT_EQ(store(1), kCommitted);
    pass(1s);
    bool told = false;
    cluster->server(0).restore({}, [&told](const auto& reached) { told = !reached.has_value(); });
    ASSERT_TRUE(promote({.fence = false}));
    pass(1min);  // a restore takes its time
    EXPECT_TRUE(told);
    EXPECT_TRUE(cluster->server(0).running() && has(0, 1)) << "with what it has";
    EXPECT_EQ(cluster->server(0).archive(), nullptr);
    EXPECT_NE(cluster->primary().archive(), nullptr);
  });
}

TEST_F(DatabaseReplication, AStaleAddressLeadsToTheOldPrimary) {
  kernel.run([this] {
    start({.standbys = 1, .address_ttl = 60s});
    ASSERT_EQ(store(1), kCommitted);
    pass(1s);
    ASSERT_TRUE(promote({.fence = false}));
    EXPECT_EQ(store(2), kCommitted);
    EXPECT_EQ(strays, 1);
    pass(60s);
    EXPECT_EQ(store(3), kCommitted);
    EXPECT_EQ(strays, 1);
  });
}

TEST_F(DatabaseReplication, ADivergedServerFollowsOnlyAfterARebuild) {
  kernel.run([this] {
    start({.standbys = 2, .delay = 10s});
    ASSERT_EQ(store(1), kCommitted);
    ASSERT_TRUE(promote({.standby = 2}));
    ASSERT_EQ(store(2), kCommitted);
    // Its own log has what the new timeline lacks.
    network.set_down(cluster->host(0), false);
    cluster->server(0).begin_recovery(cluster->server(0).image());
    cluster->replica(0).follow(&cluster->replica(2));
    pass(30s);
    EXPECT_FALSE(cluster->replica(2).is_streaming(0));
    EXPECT_GT(cluster->replica(0).counters().refused, 0U);
    EXPECT_EQ(rebuild(), 1U);
    EXPECT_TRUE(cluster->replica(2).is_streaming(0));
    pass(10s);
    EXPECT_TRUE(has(0, 2) && !has(0, 1));
  });
}

TEST_F(DatabaseReplication, AStandbyThatHasMoreThanARestoreLeftIsNotPromoted) {
  kernel.run([this] {
    start({.standbys = 2}, {.backups = BackupOptions{}});
    ASSERT_EQ(store(1), kCommitted);
    pass(1min);
    isolate(2, true);
    ASSERT_EQ(store(2), kCommitted);
    pass(5s);  // the other one has it
    cluster->primary().restore({.until = cluster->now() - 30s}, [](const auto&) {});
    pass(1min);
    ASSERT_FALSE(has(2));
    ASSERT_TRUE(promote());
    EXPECT_EQ(cluster->primary_index(), 2U);
    EXPECT_TRUE(has(1) && !has(2));
  });
}

TEST_F(DatabaseReplication, ASlotKeepsTheLogForAStandbyThatIsAway) {
  kernel.run([this] {
    start({.standbys = 1});
    isolate(1, true);
    for (std::uint64_t n = 1; n <= 50; ++n) ASSERT_EQ(store(n), kCommitted);
    pass(30s);
    EXPECT_FALSE(has(1, 1));
    EXPECT_GT(cluster->replica(0).lag(1), Duration(20s));
    isolate(1, false);
    pass(10s);
    EXPECT_TRUE(has(1, 50));
    EXPECT_FALSE(cluster->replica(0).is_slot_lost(1));
  });
}

TEST_F(DatabaseReplication, ASlotThatHoldsTooMuchIsLostAndItsStandbyNeedsARebuild) {
  kernel.run([this] {
    start({.standbys = 1, .slot_limit = 10'000});
    isolate(1, true);
    for (std::uint64_t n = 1; n <= 50; ++n) ASSERT_EQ(store(n), kCommitted);
    pass(2s);
    EXPECT_TRUE(cluster->replica(0).is_slot_lost(1));
    isolate(1, false);
    pass(30s);
    EXPECT_FALSE(has(1, 50));
    EXPECT_EQ(rebuild(), 1U);
    EXPECT_TRUE(has(1, 50));
  });
}

TEST_F(DatabaseReplication, APlannedSwitchoverLosesNothingAndTheOldPrimaryFollows) {
  kernel.run([this] {
    start({.standbys = 1});
    ASSERT_EQ(store(1), kCommitted);
    std::optional<DatabaseCluster::Outcome> outcome;
    cluster->switch_over([&](DatabaseCluster::Outcome reached) { outcome = reached; });
    pass(20s);
    ASSERT_TRUE(outcome && *outcome);
    EXPECT_FALSE((*outcome)->raised);
    EXPECT_TRUE(has(1));
    ASSERT_EQ(store(2), kCommitted);
    pass(1s);
    EXPECT_EQ(cluster->primary_index(), 1U);
    EXPECT_TRUE(has(0, 2));
    EXPECT_TRUE(lost.empty());
  });
}

TEST_F(DatabaseReplication, ASwitchoverToAStandbyThatDiesLeavesThePrimaryAtWork) {
  kernel.run([this] {
    start({.standbys = 1});
    ASSERT_EQ(store(1), kCommitted);
    pass(1s);
    std::optional<DatabaseCluster::Outcome> outcome;
    cluster->switch_over([&](DatabaseCluster::Outcome reached) { outcome = reached; });
    pass(1500ms);  // its promotion is under way
    cluster->server(1).crash(1min, CrashKind::power);
    pass(2min);
    ASSERT_TRUE(outcome && !*outcome);
    EXPECT_EQ(cluster->primary_index(), 0U);
    EXPECT_EQ(store(2), kCommitted);
  });
}

TEST_F(DatabaseReplication, AStandbyThatLosesItsPowerGoesOnWhereItsDiskIs) {
  kernel.run([this] {
    start({.standbys = 1});
    ASSERT_EQ(store(1), kCommitted);
    pass(1s);
    cluster->server(1).crash(2s);
    ASSERT_EQ(store(2), kCommitted);
    pass(10s);
    EXPECT_TRUE(has(1, 1) && has(1, 2));
  });
}

TEST_F(DatabaseReplication, ReplayMayLagBehindWhatIsSafe) {
  kernel.run([this] {
    start({.standbys = 1, .synchronous = Synchronous::first});
    cluster->server(1).add_replay_delay(30s);
    ASSERT_EQ(store(1), kCommitted);
    pass(5s);
    EXPECT_FALSE(has(1, 1));
    const auto outcome = promote();
    ASSERT_TRUE(outcome);
    EXPECT_TRUE(has(1)) << "a promotion replays all that was received";
    EXPECT_FALSE(outcome->raised);
  });
}

TEST_F(DatabaseReplication, WithoutAStandbyNothingIsPromoted) {
  kernel.run([this] {
    start({.standbys = 1});
    cluster->fence(1);
    EXPECT_FALSE(promote());
    EXPECT_FALSE(promote({.fence = false}));
  });
}

}  // namespace
}  // namespace aftershock::sim
