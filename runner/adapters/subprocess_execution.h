// One running command: the runner's end of what its supervisor does.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "core/ports/executor.h"
#include "platform/fd.h"
#include "platform/log.h"
#include "runner/adapters/artifact_folder.h"
#include "runner/adapters/supervisor.h"
#include "runner/adapters/work_folders.h"

namespace delta {

/// A command that was started.
struct Subprocess {
  pid_t supervisor = -1;  ///< a child of ours that somebody must wait for
  pid_t command = -1;
  Fd control;
  Fd output;  ///< does not block
};

struct ExecutionLimits {
  std::uint64_t most_output;
  ArtifactLimits artifacts;
};

/// The command's part in its job.
struct CommandRole {
  bool is_step;  ///< leaves a state
  bool is_last;  ///< leaves artifacts even when it succeeds
};

class SubprocessExecution final : public Execution {
 public:
  SubprocessExecution(Subprocess process, std::shared_ptr<WorkFolder> folder, CommandRole role,
                      ExecutionLimits limits, Output output, Log& log);
  ~SubprocessExecution() override;

  bool wait_until(MonoTime deadline) override;
  void wake() override;
  void kill() override;
  ExecutionResult result() override;

 private:
  /// The reader thread: from the first byte of output to the result.
  void follow();
  /// Passes output on until the supervisor says that the job is gone; its word, or what to believe
  /// when it was killed itself.
  SupervisorReport pump();
  void reap_supervisor();
  void collect();
  /// False when nothing more will come.
  bool pass_on(std::size_t at_most);
  void drain();
  void deliver(std::string_view piece);
  void deliver_line(const std::string& line);
  bool killed() const;

  const std::shared_ptr<WorkFolder> folder_;
  const CommandRole role_;
  const ExecutionLimits limits_;
  Log& log_;
  const Fd control_;
  const Fd output_;
  const pid_t command_;

  // Of the reader thread
  std::uint64_t passed_ = 0;
  bool line_open_ = false;  ///< what was passed on does not end with a line break

  std::mutex output_mutex_;  ///< held during a call of the sink, which does not suspend
  Output sink_;              ///< empty when nothing more may be passed on

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  pid_t supervisor_;  ///< -1 when it was waited for
  bool killed_ = false;
  bool woken_ = false;
  bool over_ = false;
  ExecutionResult result_;

  std::thread reader_;
};

}  // namespace delta
