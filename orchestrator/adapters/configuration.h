// Every key of the orchestrator's configuration, and what they become.
#pragma once

#include <vector>

#include "orchestrator/adapters/program.h"
#include "platform/config.h"

namespace delta {

/// Of `serve`.
std::vector<ConfigKey> orchestrator_keys();
/// Of `migrate` and `verify`: the same, so that one file fits all, but only the database must be
/// there.
std::vector<ConfigKey> tool_keys();

OrchestratorOptions orchestrator_options(const Config& config);
PostgresOptions database_options(const Config& config);

}  // namespace delta
