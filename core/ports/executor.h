// Runs a job's commands.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/content.h"
#include "core/ids.h"
#include "core/run_spec.h"
#include "core/time.h"

namespace delta {

struct ProducedArtifact {
  std::string name;
  Content content;
};
struct ExecutionResult {
  std::int32_t exit_code = 0;               ///< 0: succeeded; it alone decides
  std::vector<ProducedArtifact> artifacts;  ///< of a job's last command, or of one that failed
  std::string state;  ///< of a step: what it leaves for those after it; checked by nobody yet
};

/// Variables for a job's commands, by name: the job's secrets.
using Environment = std::map<std::string, std::string>;

/// Takes what a command prints, in pieces cut anywhere. Called from any thread, one call at a
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

/// A clean place for one try of a job; what a step leaves there, the next one finds.
class Workplace {
 public:
  virtual ~Workplace() = default;
  /// Starts the job's command of that index, after the one before it has ended. Null when that is
  /// impossible: an infrastructure failure. The execution may outlive the place.
  virtual std::unique_ptr<Execution> start(std::size_t command) = 0;
};

/// What a try of a job is given. The job must outlive the workplace.
struct Assignment {
  const JobSpec& job;
  AttemptId attempt = {};  ///< whose try it is
  Environment environment = {};
  std::string state = {};  ///< of the checkpoint that it goes on from
  Output output = {};
};

class Executor {
 public:
  virtual ~Executor() = default;
  /// Null when it is impossible: an infrastructure failure.
  virtual std::unique_ptr<Workplace> prepare(Assignment assignment) = 0;
};

}  // namespace delta
