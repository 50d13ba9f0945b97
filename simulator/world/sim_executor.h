// Runs jobs' commands in virtual time. It understands one program, the drills' own:
//   delta-work --ms MILLISECONDS [--exit CODE] [--artifacts COUNT] [--log LINES]
//              [--echo-secret VARIABLE]...
// It prints that many lines, and the values of those variables, plainly and in base64; not at once,
// but while it runs, from its beginning to its end.
#pragma once

#include <vector>

#include "core/ports/executor.h"
#include "simulator/world/process_runtime.h"

namespace aftershock::sim {

class SimExecution;

class SimExecutor final : public delta::Executor {
 public:
  SimExecutor(Kernel& kernel, ProcessRuntime& runtime) : kernel_(kernel), runtime_(runtime) {}

  /// A command of the job, the very same object, runs now.
  bool works_on(const delta::JobSpec& job) const;

  /// Null for any other command, as for a program that is not installed.
  std::unique_ptr<delta::Execution> start(const delta::JobSpec& job,
                                          const delta::Environment& environment,
                                          delta::Output output) override;

 private:
  friend class SimExecution;

  Kernel& kernel_;
  ProcessRuntime& runtime_;
  std::vector<const SimExecution*> executions_;  ///< that exist
};

}  // namespace aftershock::sim
