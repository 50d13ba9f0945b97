// Several servers of the simulated PostgreSQL: streaming, what commits wait for, what a failover
// loses by it, and servers that are behind.
#include "tests/unit/database_cluster_fixture.h"

namespace aftershock::sim {
namespace {

using namespace delta;

class DatabaseReplication : public DatabaseClusterTest {};

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

}  // namespace
}  // namespace aftershock::sim
