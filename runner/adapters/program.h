// The runner as a process: its ports and its end.
#pragma once

#include <string>
#include <vector>

#include "platform/artifacts/open_store.h"
#include "platform/config.h"
#include "platform/log.h"
#include "platform/secret.h"
#include "platform/signals.h"
#include "runner/adapters/subprocess_executor.h"
#include "runner/runner.h"

namespace delta {

struct RunnerOptions {
  Settings settings = {};
  std::uint32_t slots = 1;  ///< jobs at the same time
  std::string name = {};    ///< for people
  std::vector<std::string> urls = {};
  Secret token = {};
  HttpOptions http = {};
  ExecutorOptions executor = {};
  std::string artifacts_url = {};
  ArtifactStoreOptions artifacts = {};
  std::string secrets_folder = {};  ///< empty: there are no secrets
  std::string version = {};
};

std::vector<ConfigKey> runner_keys();
RunnerOptions runner_options(const Config& config);

/// Works until SIGTERM or SIGINT: then it takes no more jobs, and ends when those that run have. A
/// second signal kills them and ends the process at once; their leases are lost, and the jobs run
/// again elsewhere. Throws std::runtime_error, in words, when it cannot start.
void work(const RunnerOptions& options, const Signals& signals, Log& log);

}  // namespace delta
