// Runs jobs' commands in virtual time. It understands one program, the drills' own:
//   delta-work --ms MILLISECONDS [--exit CODE] [--artifacts COUNT] [--log LINES]
//              [--echo-secret VARIABLE]... [--state NUMBER | --spoil NUMBER]
// It prints that many lines, and the values of those variables, plainly and in base64; not at once,
// but while it runs, from its beginning to its end. As a step it leaves a list of numbers as the
// job's state: those that it found, and that one; so a state tells which steps were done. Spoilt,
// the list has no end.
#pragma once

#include <functional>
#include <vector>

#include "core/ports/executor.h"
#include "simulator/world/process_runtime.h"

namespace aftershock::sim {

class SimExecution;
class SimWorkplace;

class SimExecutor final : public delta::Executor {
 public:
  /// Told when a command has ended and its runner learns of it.
  using Ended = std::function<void(delta::AttemptId, std::size_t command)>;

  SimExecutor(Kernel& kernel, ProcessRuntime& runtime, Ended ended)
      : kernel_(kernel), runtime_(runtime), ended_(std::move(ended)) {}

  /// A command of that try runs now.
  bool works_on(delta::AttemptId attempt) const;

  std::unique_ptr<delta::Workplace> prepare(delta::Assignment assignment) override;

 private:
  friend class SimExecution;
  friend class SimWorkplace;

  Kernel& kernel_;
  ProcessRuntime& runtime_;
  Ended ended_;
  std::vector<const SimExecution*> executions_;  ///< that exist
};

}  // namespace aftershock::sim
