// A worker of a sweep: a copy of this process that runs one drill after another, so that a drill
// which takes its process down takes nobody else along.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/sweep/plan.h"
#include "harness/sweep/result.h"
#include "platform/fd.h"

namespace aftershock::sweep {

enum class Task : std::uint8_t {
  drill,       ///< run it
  other_build  ///< have another program run it
};

/// What a worker does; called in the worker's process alone. Whatever it throws is a crash.
using Work = std::function<DrillResult(Task, DrillKey)>;

/// Thread: one. The process that makes it must have no other thread, as it forks.
class Worker {
 public:
  /// Starts one. `others` are descriptors that it shall not keep open: those of other workers, the
  /// journal's. Throws std::system_error when the system has no room for it.
  Worker(const Work& work, std::span<const int> others);
  /// Ends it, if it still runs.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Readable when there is an answer, or when the worker has died.
  int descriptor() const { return socket_.get(); }

  void begin(Task task, DrillKey key);
  /// Reads what is there. None: not finished. A worker that died has crashed its drill; so has one
  /// whose drill ended in an error of ours. Then this worker must not be used again.
  std::optional<DrillResult> answer(delta::Duration wall);
  /// Kills it; its drill is a crash for this reason.
  DrillResult give_up(const std::string& why, delta::Duration wall);

 private:
  DrillResult died(delta::Duration wall);
  /// Reaps it, and says how it ended.
  std::string reap();

  delta::Fd socket_;
  pid_t pid_ = -1;
  DrillKey key_;
  std::string received_;
};

}  // namespace aftershock::sweep
