// Stores what running jobs have printed so far: their logs can be read before they end, and after
// their runner died.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>

#include "core/dependency.h"
#include "core/ports/artifact_store.h"
#include "core/requests.h"
#include "runner/job_log.h"

namespace delta {

/// Works in a task of its own, which is there only while something waits to be stored: a store that
/// hangs delays no job, and a runner whose jobs print nothing costs nothing. Each log gets one try
/// an interval. Thread: any; only its task suspends.
class LogShipper {
 public:
  struct Parts {
    Runtime runtime;
    ArtifactStore& store;
    Dependency& artifacts;                 ///< the store's, which the jobs' uploads share
    std::atomic<std::uint64_t>& failures;  ///< counts tries that failed
    Duration interval;                     ///< between two tries for one log
  };
  explicit LogShipper(const Parts& parts);

  /// From now on printed() may be called for it.
  void add(const Lease& lease, std::shared_ptr<JobLog> log);
  /// The log has grown. Ignored for a log that is not here.
  void printed(AttemptId attempt);
  /// The job sees to its log itself: no more tries are begun.
  void release(AttemptId attempt);
  /// The job was stopped before its end: one more try, at once, for all that it printed.
  void abandon(AttemptId attempt);

 private:
  struct Entry {
    AttemptId attempt;
    std::string path;  ///< in the store
    std::shared_ptr<JobLog> log;
    std::optional<MonoTime> due = {};  ///< none: all of it is stored
    bool abandoned = false;
  };

  /// With the lock held: there is something to do.
  void begin();
  void work();
  /// Waits for the next log that is due; none when nothing waits any more.
  std::optional<Entry> next();
  void store(const Entry& entry);

  const Parts parts_;
  std::unique_ptr<Monitor> monitor_;
  std::map<AttemptId, Entry> entries_;
  bool working_ = false;  ///< there is a task
};

}  // namespace delta
