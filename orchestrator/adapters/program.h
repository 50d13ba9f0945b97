// The orchestrator as a process: its ports, its server, and its end.
#pragma once

#include <string>

#include "orchestrator/adapters/http/server.h"
#include "orchestrator/adapters/postgres_database.h"
#include "orchestrator/adapters/redis_queue.h"
#include "orchestrator/orchestrator.h"
#include "platform/artifacts/open_store.h"
#include "platform/log.h"
#include "platform/signals.h"

namespace delta {

struct OrchestratorOptions {
  Settings settings = {};
  Roles roles = {};
  PostgresOptions database = {};
  RedisQueueOptions queue = {};
  std::string artifacts_url = {};
  ArtifactStoreOptions artifacts = {};
  http::ServerOptions http = {};
  std::string tokens_file = {};
  Duration drain_time = 30s;  ///< after SIGTERM, for answers that are under way
  std::string version = {};
};

/// Serves until SIGTERM or SIGINT, which drain it; SIGHUP reads the tokens again. `signals` holds
/// these three. Returns when everything has ended; ends the process with exit code 75 when that
/// takes too long. Throws std::runtime_error, in words, when it cannot start. A dependency that is
/// away keeps nobody from starting.
void serve(const OrchestratorOptions& options, const Signals& signals, Log& log);

}  // namespace delta
