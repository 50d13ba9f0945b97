// Measures the work that was lost with tries of jobs: what each had done since its last accepted
// checkpoint, and the next one had to do again. Definition: docs/MEASUREMENT.md.
#pragma once

#include <map>
#include <optional>

#include "core/ports/database.h"
#include "reports/report.h"

namespace aftershock {

/// Times are those of one clock outside every fault domain.
class WorkRedone {
 public:
  /// A command of the try has ended, and its runner knows it.
  void on_command_end(delta::AttemptId attempt, std::size_t command, Duration now);
  /// Whatever the runner worked on, it works on it no more.
  void on_runner_end(delta::RunnerId runner, Duration now);
  /// These rows and events are committed.
  void on_commit(const delta::WriteSet& writes, Duration now);
  /// The tables went back in time: what is open is begun anew with its next start.
  void on_rewind() { open_.clear(); }

  const RedoneReport& report() const { return report_; }

 private:
  /// A try that somebody works on.
  struct Open {
    delta::RunnerId runner;
    Duration saved{};                            ///< what was done before need not be done again
    std::map<std::size_t, Duration> ended = {};  ///< its commands, with their end
    std::optional<Duration> stopped = {};        ///< with its runner
  };

  void count(const Open& lost, Duration now);

  std::map<delta::AttemptId, Open> open_;
  RedoneReport report_;
};

}  // namespace aftershock
