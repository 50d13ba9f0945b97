// A process's connections to the simulated PostgreSQL, over the simulated network.
#pragma once

#include <expected>
#include <memory>

#include "core/ports/database.h"
#include "simulator/kernel/kernel.h"
#include "simulator/world/database_server.h"
#include "simulator/world/network.h"

namespace aftershock::sim {

struct DatabaseClientOptions {
  delta::Duration connect_timeout{5'000'000'000};
  /// tcp_user_timeout: without an answer for this long the connection is broken, unless its
  /// server is within reach and still at work (on locks, say).
  delta::Duration user_timeout{5'000'000'000};
};

/// Belongs to one process: once that is killed, every call returns an error at once and does
/// nothing. Sessions may outlive the client, but not the kernel, the network and the servers.
class DatabaseClient final : public delta::Database {
 public:
  DatabaseClient(Kernel& kernel, Network& network, const Process& process, HostId host,
                 DatabaseAddress& address, DatabaseClientOptions options);

  std::expected<std::unique_ptr<delta::Session>, delta::DbError> connect() override;

 private:
  Kernel& kernel_;
  Network& network_;
  const Process& process_;
  HostId host_;
  DatabaseAddress& address_;
  DatabaseClientOptions options_;
};

}  // namespace aftershock::sim
