// The simulated cluster's hardware and servers. What runs on its nodes is put there by the
// harness: the world knows neither orchestrator nor runner code.
#pragma once

#include <memory>
#include <string>
#include <vector>

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
  bool buggify = false;  ///< rare misfortunes: buggify.h
};

struct World {
  World(Kernel& kernel_, const WorldOptions& options)
      : kernel(kernel_),
        buggify(options.buggify ? std::make_unique<Buggify>(kernel_) : nullptr),
        network(kernel_, options.links, buggify.get()),
        outside(network.add_host("outside")),
        database(kernel_, network, add_hosts("database", "standby-", options.replication.standbys),
                 options.database, options.replication, buggify.get()),
        queue(kernel_, network,
              add_hosts("queue", "queue_replica-", options.queue_replication.replicas),
              options.queue, options.queue_replication),
        artifacts(kernel_, network.add_host("artifacts")),
        secrets(kernel_, network.add_host("secrets")) {
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
  std::vector<std::unique_ptr<Node>> runners;
  std::vector<std::unique_ptr<ApiEndpoint>> endpoints;  ///< parallel to `orchestrators`
  std::vector<ApiEndpoint*> endpoint_list;              ///< the same, for transports
};

}  // namespace aftershock::sim
