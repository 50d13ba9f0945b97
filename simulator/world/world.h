// The simulated cluster's hardware and servers. What runs on its nodes is put there by the
// harness: the world knows neither orchestrator nor runner code.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "simulator/world/addressed_transport.h"
#include "simulator/world/api_endpoint.h"
#include "simulator/world/artifact_server.h"
#include "simulator/world/database_cluster.h"
#include "simulator/world/network.h"
#include "simulator/world/node.h"
#include "simulator/world/queue_cluster.h"
#include "simulator/world/secret_server.h"

namespace aftershock::sim {

struct WorldOptions {
  LinkQuality links;
  DatabaseOptions database;
  ReplicationOptions replication = {};
  QueueOptions queue = {};
  QueueReplicationOptions queue_replication = {};
  delta::Duration api_ttl{};  ///< how long a host believes where it found the API
  bool buggify = false;       ///< rare misfortunes: buggify.h
};

struct World {
  World(Kernel& kernel_, const WorldOptions& options)
      : kernel(kernel_),
        buggify(options.buggify ? std::make_unique<Buggify>(kernel_) : nullptr),
        network(kernel_, options.links, buggify.get()),
        outside(network.add_host("outside")),
        database(kernel_, network, add_database_hosts(options.replication), options.database,
                 options.replication, buggify.get()),
        queue(kernel_, network,
              add_hosts("queue", "queue_replica-", options.queue_replication.replicas),
              options.queue, options.queue_replication),
        artifacts(kernel_, network.add_host("artifacts")),
        secrets(kernel_, network.add_host("secrets")),
        api(kernel_, options.api_ttl, {}),
        monitored(kernel_, {}, {}) {
    network.spare(outside);
  }

  /// Of a primary and its copies.
  std::vector<HostId> add_hosts(const std::string& primary, const std::string& copy,
                                std::uint32_t copies) {
    std::vector<HostId> hosts{network.add_host(primary)};
    for (std::uint32_t i = 0; i < copies; ++i) {
      hosts.push_back(network.add_host(copy + std::to_string(i)));
    }
    return hosts;
  }
  std::vector<HostId> add_database_hosts(const ReplicationOptions& options) {
    std::vector<HostId> hosts = add_hosts("database", "standby-", options.standbys);
    for (std::uint32_t i = 0; i < options.spares; ++i) {
      hosts.push_back(network.add_host("spare-" + std::to_string(i)));
    }
    return hosts;
  }

  /// Shows somebody all that happens from now on. It outlives the last step.
  void observe(WorldObserver* observer) {
    network.observe(observer);
    database.observe(observer);
    queue.observe(observer);
  }

  Kernel& kernel;
  std::unique_ptr<Buggify> buggify;  ///< null: off
  Network network;
  HostId outside;  ///< where clients, the canary and the witness are: never a fault's target
  DatabaseCluster database;
  QueueCluster queue;
  ArtifactServer artifacts;
  SecretServer secrets;
  std::vector<std::unique_ptr<Node>> orchestrators;
  std::vector<std::unique_ptr<Node>> schedulers;  ///< orchestrators without an API
  std::vector<std::unique_ptr<Node>> runners;
  std::unique_ptr<Node> monitoring;  ///< null: outside every fault domain
  std::vector<std::unique_ptr<ApiEndpoint>> endpoints;
  std::vector<ApiEndpoint*> endpoint_list;  ///< of `orchestrators`, for clients and runners
  std::vector<ApiEndpoint*> scrape_list;    ///< the same, then of `schedulers`
  EndpointName api;        ///< of endpoint_list, those that runners and clients are told of
  EndpointName monitored;  ///< of scrape_list, those that have to answer

  /// Of every process there is, for who looks for one.
  template <class Action>
  void each_node(Action action) const {
    for (const auto* nodes : {&orchestrators, &schedulers, &runners}) {
      for (const auto& node : *nodes) action(*node);
    }
    if (monitoring != nullptr) action(*monitoring);
  }
};

}  // namespace aftershock::sim
