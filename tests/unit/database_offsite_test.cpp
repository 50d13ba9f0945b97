// What becomes of the simulated PostgreSQL when a site loses its power: it comes back, or its place
// is taken by a spare elsewhere.
#include "simulator/world/database_client.h"
#include "simulator/world/database_cluster.h"
#include "tests/unit/database_fixture.h"

namespace aftershock::sim {
namespace {

using namespace delta;
using namespace std::chrono_literals;

class DatabaseOffsite : public testing::Test {
 protected:
  void start(const ReplicationOptions& options) {
    const DatabaseOptions servers{.backups = BackupOptions{.archive_timeout = 60s}};
    cluster = std::make_unique<DatabaseCluster>(kernel, network, std::vector{first, second},
                                                servers, options, nullptr);
    pass(3s);  // a standby has connected
  }
  void pass(Duration duration) { kernel.sleep_until(kernel.now() + duration); }
  bool store(std::uint64_t n) {
    const auto made =
        DatabaseClient(kernel, network, kernel.main_process(), client, *cluster, {}).connect();
    if (!made || !(*made)->open({})) return false;
    return (*made)->commit(new_run(n)).outcome == CommitOutcome::committed;
  }
  bool has(std::size_t server, std::uint64_t n) const {
    return cluster->server(server).tables().run(run_id(n)) != nullptr;
  }

  Kernel kernel{{.seed = 5}};
  Network network{kernel, {}};
  HostId first = network.add_host("first");
  HostId second = network.add_host("second");
  HostId client = network.add_host("client");
  std::unique_ptr<DatabaseCluster> cluster;
};

TEST_F(DatabaseOffsite, PowerThatComesBackBringsThePrimaryBackUnlessItIsFenced) {
  kernel.run([this] {
    start({.standbys = 1});
    ASSERT_TRUE(store(1));
    cluster->cut_power(0);
    pass(10s);
    EXPECT_FALSE(store(2));
    cluster->give_power(0);
    pass(1s);
    EXPECT_TRUE(store(3));
    cluster->cut_power(0);
    cluster->promote({.standby = 1, .fence = true},
                     [](const auto& outcome) { EXPECT_TRUE(outcome); });
    pass(20s);
    cluster->give_power(0);
    pass(1s);
    EXPECT_FALSE(cluster->server(0).running());
    EXPECT_FALSE(network.connected(client, first));
  });
}

TEST_F(DatabaseOffsite, ASpareBeginsWithWhatWasArchivedBeforeThePrimaryWasLost) {
  kernel.run([this] {
    start({.spares = 1});
    ASSERT_TRUE(store(1));
    pass(70s);
    ASSERT_TRUE(store(2));
    cluster->cut_power(0);
    pass(120s);  // nobody is there who would archive the rest
    bool raised = false;
    cluster->restore_on(1, [&](const DatabaseCluster::Outcome& outcome) {
      ASSERT_TRUE(outcome);
      raised = outcome->raised;
    });
    pass(60s);
    EXPECT_TRUE(raised);
    EXPECT_TRUE(has(1, 1));
    EXPECT_FALSE(has(1, 2));
    EXPECT_TRUE(store(3));
    cluster->give_power(0);
    std::size_t copies = 0;
    cluster->rebuild([&](std::size_t made) { copies = made; });
    pass(20s);
    EXPECT_EQ(copies, 1U);
    EXPECT_TRUE(has(0, 3));
  });
}

TEST_F(DatabaseOffsite, ASpareWithoutPowerTakesNoPlace) {
  kernel.run([this] {
    start({.spares = 1});
    ASSERT_TRUE(store(1));
    bool failed = false;
    cluster->restore_on(
        1, [&](const DatabaseCluster::Outcome& outcome) { failed = !outcome.has_value(); });
    cluster->cut_power(1);
    pass(60s);
    EXPECT_TRUE(failed);
    EXPECT_EQ(cluster->primary_index(), 0U);
  });
}

}  // namespace
}  // namespace aftershock::sim
