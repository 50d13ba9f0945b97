// Runs jobs' commands in virtual time. It understands one program, the drills' own:
//   delta-work --ms MILLISECONDS [--exit CODE] [--artifacts COUNT] [--log LINES]
//              [--echo-secret VARIABLE]...
// It prints that many lines, and the values of those variables, plainly and in base64; not at once,
// but while it runs, from its beginning to its end.
#pragma once

#include "core/ports/executor.h"
#include "simulator/world/process_runtime.h"

namespace aftershock::sim {

class SimExecutor final : public delta::Executor {
 public:
  SimExecutor(Kernel& kernel, ProcessRuntime& runtime) : kernel_(kernel), runtime_(runtime) {}

  /// Null for any other command, as for a program that is not installed.
  std::unique_ptr<delta::Execution> start(const delta::JobSpec& job,
                                          const delta::Environment& environment,
                                          delta::Output output) override;

 private:
  Kernel& kernel_;
  ProcessRuntime& runtime_;
};

}  // namespace aftershock::sim
