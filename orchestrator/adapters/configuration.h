// Every key of the orchestrator's configuration, and what they become.
#pragma once

#include <vector>

#include "orchestrator/adapters/program.h"
#include "platform/config.h"

namespace delta {

/// Of `serve`; the keys of the database alone are enough for `migrate` and `verify`.
std::vector<ConfigKey> orchestrator_keys();
std::vector<ConfigKey> database_keys();

OrchestratorOptions orchestrator_options(const Config& config);
PostgresOptions database_options(const Config& config);

}  // namespace delta
