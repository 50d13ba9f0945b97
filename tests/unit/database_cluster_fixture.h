// Several servers of the simulated PostgreSQL behind one address, and a client of them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "simulator/world/database_client.h"
#include "simulator/world/database_cluster.h"
#include "tests/unit/database_fixture.h"

namespace aftershock::sim {

class DatabaseClusterTest : public testing::Test {
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
    pass(std::chrono::seconds(3));  // the standbys have connected
  }

  void pass(delta::Duration duration) { kernel.sleep_until(kernel.now() + duration); }
  std::unique_ptr<delta::Session> session() {
    auto made =
        DatabaseClient(kernel, network, kernel.main_process(), client_host, *cluster, {}).connect();
    return made ? std::move(*made) : nullptr;
  }
  delta::CommitOutcome store_by(delta::Session& session, std::uint64_t n) {
    if (!session.open({})) return delta::CommitOutcome::not_committed;
    return session.commit(new_run(n)).outcome;
  }
  delta::CommitOutcome store(std::uint64_t n) {
    const auto own = session();
    return own ? store_by(*own, n) : delta::CommitOutcome::not_committed;
  }
  bool has(std::size_t server, std::uint64_t n) const {
    return cluster->server(server).tables().run(run_id(n)) != nullptr;
  }
  bool has(std::uint64_t n) const { return cluster->tables().run(run_id(n)) != nullptr; }
  std::uint64_t generation() const { return cluster->tables().control().generation; }
  DatabaseCluster::Outcome promote(const PromoteOptions& options = {}) {
    std::optional<DatabaseCluster::Outcome> outcome;
    cluster->promote(options, [&](DatabaseCluster::Outcome reached) { outcome = reached; });
    pass(std::chrono::seconds(20));  // every client looks up the address again
    return *outcome;
  }
  std::size_t rebuild() {
    std::size_t copies = 0;
    cluster->rebuild([&](std::size_t made) { copies = made; });
    pass(std::chrono::seconds(20));
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

inline constexpr auto kCommitted = delta::CommitOutcome::committed;
inline constexpr auto kUnknown = delta::CommitOutcome::unknown;

}  // namespace aftershock::sim
