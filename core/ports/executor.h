// Runs a job's command.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/content.h"
#include "core/run_spec.h"
#include "core/time.h"

namespace delta {

struct ProducedArtifact {
  std::string name;
  Content content;
};
struct ExecutionResult {
  std::int32_t exit_code = 0;  ///< 0: succeeded; it alone decides
  std::vector<ProducedArtifact> artifacts;
};

/// Variables for one command, by name: the job's secrets.
using Environment = std::map<std::string, std::string>;

/// Takes what the command prints, in pieces cut anywhere. Called from any thread, one call at a
/// time, with the last one before wait_until() says true; never by a killed execution. Does not
/// suspend.
using Output = std::function<void(std::string_view)>;

/// One running command.
class Execution {
 public:
  /// Kills whatever still runs.
  virtual ~Execution() = default;
  /// Suspends until the command ended, wake() was called, or `deadline`. True when it ended.
  virtual bool wait_until(MonoTime deadline) = 0;
  /// Makes the present or the next wait_until() return.
  virtual void wake() = 0;
  /// Kills the command with everything that it started. The result stays undefined.
  virtual void kill() = 0;
  /// Only after wait_until() said true.
  virtual ExecutionResult result() = 0;
};

class Executor {
 public:
  virtual ~Executor() = default;
  /// Starts the command in a clean place. Null when that is impossible: an infrastructure failure.
  virtual std::unique_ptr<Execution> start(const JobSpec& job, const Environment& environment,
                                           Output output) = 0;
};

}  // namespace delta
