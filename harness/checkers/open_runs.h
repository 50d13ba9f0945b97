// The jobs of runs that have not ended, as the commits so far made them: what a checker must
// remember to judge a job by the jobs it needs, or a run by its jobs.
#pragma once

#include <map>
#include <vector>

#include "harness/checkers/checker.h"

namespace aftershock {

struct OpenRun {
  struct Job {
    delta::JobState state = delta::JobState::open;
    delta::AttemptId current;
    delta::AttemptState attempt = delta::AttemptState::waiting;  ///< state of `current`
  };
  delta::SharedSpec spec;
  std::vector<Job> jobs;
  // Counted from the jobs' states, to compare with the run's row:
  std::uint32_t open = 0;
  std::uint32_t required_failed = 0;
  std::uint32_t required_timed_out = 0;
  std::uint32_t required_skipped = 0;
  bool cancel_requested = false;
};

class OpenRuns {
 public:
  /// The runs, jobs and attempts that the commit leaves behind. Runs that ended with it stay until
  /// forget_ended(), so that they can be judged.
  void apply(const CommitView& view);
  void forget_ended(const CommitView& view);
  /// The runs that have not ended, as the tables have them.
  void rebuild(const sim::Tables& tables);

  /// Null when the run has ended, or was not seen to be submitted.
  const OpenRun* find(delta::RunId id) const;

 private:
  void begin(const delta::Run& row);
  void apply(const delta::Job& row);
  void apply(const delta::Attempt& row);
  OpenRun* find_open(delta::RunId id);

  std::map<delta::RunId, OpenRun> runs_;
};

}  // namespace aftershock
