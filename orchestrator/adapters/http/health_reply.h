// How a process says that it is well: to those who would restart it, to load balancers, to people.
#pragma once

#include <string>

#include "orchestrator/adapters/http/server.h"
#include "orchestrator/orchestrator.h"

namespace delta::http {

/// 503 when a loop stands still: then a restart helps. Whatever its dependencies do.
Reply live_reply(const Health& health);
/// 503 when requests should be sent elsewhere.
Reply ready_reply(const Health& health);
/// Everything that it knows of itself without asking anybody; 503 as ready_reply().
Reply health_reply(const Health& health);
Reply version_reply(const std::string& version);

}  // namespace delta::http
