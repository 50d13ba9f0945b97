// What a client asks for: a run is a DAG of jobs. Immutable once submitted.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "core/time.h"

namespace delta {

/// Why a try of a job ended badly.
enum class FailureClass : std::uint8_t { infrastructure, user, lost, timeout };

struct RetryPolicy {
  std::uint16_t max_attempts = 3;    ///< tries that may fail or time out, the first included
  std::uint16_t max_losses = 10;     ///< leases that may be lost; outages do not use up tries
  bool retry_infrastructure = true;  ///< only classified failures are retried
  bool retry_user = false;
  bool retry_timeout = true;

  friend bool operator==(const RetryPolicy&, const RetryPolicy&) = default;
};

/// One command of a job that has several.
struct JobStep {
  std::string name;
  std::string command;

  friend bool operator==(const JobStep&, const JobStep&) = default;
};

struct JobSpec {
  std::string name;
  std::string command;  ///< empty when there are steps
  /// Commands that run one after the other in one folder. After a step the job has a checkpoint,
  /// from which a retry goes on.
  std::vector<JobStep> steps = {};
  std::vector<std::uint32_t> needs;  ///< indices of the jobs that must succeed first
  /// Names, never values: each becomes an environment variable of the command.
  std::vector<std::string> secrets;
  bool required = true;  ///< false: the job may fail without failing the run
  RetryPolicy retry;
  Duration timeout = 0s;        ///< of one try, from its start; 0: none
  Duration queue_timeout = 0s;  ///< from queued to leased; 0: none

  /// A job without steps has one command.
  std::size_t commands() const { return steps.empty() ? 1 : steps.size(); }
  const std::string& command_at(std::size_t index) const {
    return steps.empty() ? command : steps.at(index).command;
  }

  // Set by prepare():
  std::vector<std::uint32_t> dependents;   ///< jobs that need this one
  std::vector<std::uint32_t> descendants;  ///< all jobs after this one, sorted
};

struct RunSpec {
  std::string name;
  std::vector<JobSpec> jobs;
  Duration timeout = 0s;  ///< of the whole run, from its submission; 0: none
};

using SharedSpec = std::shared_ptr<const RunSpec>;

/// Checks the DAG (indices exist, no cycle, no job twice in `needs`), the steps and the names of
/// secrets, and fills the derived lists.
/// Error: one sentence that names the job.
std::expected<SharedSpec, std::string> prepare(RunSpec spec);

}  // namespace delta
