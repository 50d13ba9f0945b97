// Which server of several is the database: promotions, fences, switchovers, and what a restore or
// a promotion does to the history of the others and to the archive.
#include "tests/unit/database_cluster_fixture.h"

namespace aftershock::sim {
namespace {

using namespace delta;

class DatabasePromotion : public DatabaseClusterTest {};

TEST_F(DatabasePromotion, AFencedPrimaryServesNobody) {
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

TEST_F(DatabasePromotion, WithoutAFenceTheOldPrimaryServesThoseWhoKeepTheirConnection) {
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

TEST_F(DatabasePromotion, ARestoreEndsWithoutTheBackupsThatWentToANewPrimary) {
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

TEST_F(DatabasePromotion, AStaleAddressLeadsToTheOldPrimary) {
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

TEST_F(DatabasePromotion, ADivergedServerFollowsOnlyAfterARebuild) {
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

TEST_F(DatabasePromotion, AStandbyThatHasMoreThanARestoreLeftIsNotPromoted) {
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

TEST_F(DatabasePromotion, AnArchiveNeverMixesTheHistoryOfSuchAStandbyWithItsOwn) {
  kernel.run([this] {
    start({.standbys = 1}, {.backups = BackupOptions{}});
    ASSERT_EQ(store(1), kCommitted);
    pass(1min);
    ASSERT_EQ(store(2), kCommitted);
    pass(5s);  // the standby has it
    cluster->primary().restore({.until = cluster->now() - 30s}, [](const auto&) {});
    pass(1min);
    ASSERT_FALSE(has(2));
    ASSERT_TRUE(promote({.standby = 1}));  // a person may insist
    ASSERT_EQ(store(3), kCommitted);
    pass(2min);
    cluster->primary().restore({}, [](const auto&) {});
    pass(1min);
    EXPECT_TRUE(has(1) && has(2) && has(3)) << "the promoted history, all of it";
  });
}

TEST_F(DatabasePromotion, APlannedSwitchoverLosesNothingAndTheOldPrimaryFollows) {
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

TEST_F(DatabasePromotion, ASwitchoverToAStandbyThatDiesLeavesThePrimaryAtWork) {
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

TEST_F(DatabasePromotion, WithoutAStandbyNothingIsPromoted) {
  kernel.run([this] {
    start({.standbys = 1});
    cluster->fence(1);
    EXPECT_FALSE(promote());
    EXPECT_FALSE(promote({.fence = false}));
  });
}

}  // namespace
}  // namespace aftershock::sim
