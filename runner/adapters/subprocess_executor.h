// Runs a job's commands as children of the runner: `/bin/sh -c` in a folder of the job's own, which
// is removed afterwards, without anything that the runner has: not its environment, not its files.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "core/ports/executor.h"
#include "platform/log.h"
#include "runner/adapters/artifact_folder.h"
#include "runner/adapters/supervisor.h"
#include "runner/adapters/work_folders.h"

namespace delta {

struct ExecutorOptions {
  std::string root = {};  ///< the jobs' folders are made in here; made if need be
  std::string path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";  ///< PATH
  std::uint64_t most_output = 64ULL << 20;  ///< bytes passed on; more is read and dropped
  ArtifactLimits artifacts = {};
  int nice = 0;
  std::vector<ResourceLimit> limits = {};  ///< none dumps core in any case
};

/// The command sees: PATH, LANG, HOME (its working folder), TMPDIR (`tmp` in there),
/// DELTA_ARTIFACTS (`artifacts` in there: files left there are the artifacts), DELTA_JOB (its
/// name), and the given variables, which win. It succeeds with exit code 0; a signal gives 128 +
/// its number. When it ends, whatever it left running is killed, before its artifacts are read.
/// Artifacts are those of a job's last command, or of the one that failed.
///
/// The commands of a job with steps share its folder. They see DELTA_STEP (the step's name) and
/// DELTA_CHECKPOINT (`checkpoint` in there): the file in which a step leaves JSON for those after
/// it. The first one that a retry runs finds there what the job's checkpoint holds; otherwise there
/// is no such file at first.
///
/// kill() returns when every process of the job is dead, whether it left the session or not. What
/// cannot be killed (it waits for a dead disk, or runs as another user) is given up after ten
/// seconds, and logged. When the runner is killed its jobs end too.
///
/// A job has the rights of the runner's user. One that attacks its supervisor can escape: those who
/// run commands of strangers put the runner into a container for one job.
class SubprocessExecutor final : public Executor {
 public:
  /// Error: in words. `log` must outlive the executor and its executions, which may outlive it.
  static std::expected<std::unique_ptr<SubprocessExecutor>, std::string> open(
      ExecutorOptions options, Log& log);

  std::unique_ptr<Workplace> prepare(Assignment assignment) override;

 private:
  SubprocessExecutor(ExecutorOptions options, std::shared_ptr<WorkFolders> folders, Log& log)
      : options_(std::make_shared<const ExecutorOptions>(std::move(options))),
        folders_(std::move(folders)),
        log_(log) {}

  const std::shared_ptr<const ExecutorOptions> options_;  ///< of the workplaces too
  const std::shared_ptr<WorkFolders> folders_;
  Log& log_;
};

}  // namespace delta
