// The rows that hold all authoritative state, and a sorted set of them to decide on.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "core/checkpoint.h"
#include "core/ids.h"
#include "core/policy.h"
#include "core/run_spec.h"
#include "core/schedule_spec.h"
#include "core/sha256.h"
#include "core/states.h"
#include "core/time.h"

namespace delta {

/// End of a hash chain of audit events.
struct ChainHead {
  std::uint32_t length = 0;
  Digest digest{};

  friend bool operator==(const ChainHead&, const ChainHead&) = default;
};

struct Run {
  RunId id;
  RunState state = RunState::queued;
  std::uint32_t open_jobs = 0;
  std::uint32_t required_failed = 0;     ///< required jobs that failed or were cancelled
  std::uint32_t required_timed_out = 0;  ///< required jobs that timed out
  std::uint32_t required_skipped = 0;    ///< required jobs that were skipped
  DbTime submitted_at{};
  DbTime finished_at = kNever;
  DbTime deadline = kNever;
  ChainHead audit;
  SharedSpec spec;
  ScheduleId schedule;      ///< that created it; nil: a client submitted it
  DbTime fire_at = kNever;  ///< of that schedule; unique with it
};

struct Job {
  RunId run;
  std::uint32_t index = 0;
  JobState state = JobState::open;
  std::uint32_t unmet = 0;     ///< needed jobs that have not succeeded yet
  std::uint16_t attempts = 0;  ///< created so far
  std::uint16_t failures = 0;  ///< of them failed, or timed out while leased
  std::uint16_t losses = 0;    ///< of them lost their lease
  AttemptId current;
  Checkpoint checkpoint;  ///< the last that was accepted
};

/// How an attempt's lease ended; together with the state it gives the lease's state.
enum class LeaseEnd : std::uint8_t { open, completed, cancelled, expired, revoked };

struct Attempt {
  AttemptId id;
  RunId run;
  std::uint32_t job = 0;
  std::uint16_t number = 0;  ///< 1 for a job's first try
  AttemptState state = AttemptState::waiting;
  LeaseEnd lease_end = LeaseEnd::open;
  std::uint32_t epoch = 0;  ///< fencing token: grows with each lease of the job
  std::uint64_t generation = 0;
  TokenHash token_hash;
  RunnerId runner;
  DbTime available_at{};           ///< queued: not leased before
  DbTime leased_at = kNever;       ///< when its lease was taken, if one was; decides nothing
  DbTime queue_deadline = kNever;  ///< queued: timed out then
  DbTime expires_at = kNever;      ///< live: the lease ends at greatest(expires_at, grace_until)
  DbTime deadline = kNever;        ///< live: timed out then
  DbTime cancel_deadline = kNever;
  Checkpoint resume;  ///< the job's, when this try was created: what it goes on from
  ChainHead audit;
  SharedSpec spec;  ///< of the run: joined, never written with the attempt

  AttemptRef ref() const { return {run, job, id}; }
  const JobSpec& job_spec() const { return spec->jobs[job]; }
};

LeaseState lease_state(const Attempt& attempt);

struct Schedule {
  ScheduleId id;
  ScheduleState state = ScheduleState::active;
  DbTime created_at{};
  DbTime next_fire = kNever;  ///< only while active
  DbTime last_fire{};         ///< the newest that had its run, or was skipped
  std::uint64_t fires = 0;    ///< that had their run
  std::uint64_t skipped = 0;  ///< that did not, as its policy says
  ChainHead audit;
  SharedSchedule spec;
};

/// The one row that all orchestrators share.
struct Control {
  std::uint64_t generation = 1;  ///< raised by a restore or a lossy promotion
  DbTime last_sweep{};
  DbTime grace_until{};         ///< no lease ends before
  bool grace_available = true;  ///< false from a grant of grace until a whole sweep has passed
  Policy policy;
  ChainHead audit;  ///< of the events about this row: changes of policy and generation
};

/// When this lease ends. Source: docs/ARCHITECTURE.md, rule 4.
inline DbTime lease_end(const Attempt& attempt, DbTime grace_until) {
  return std::max(attempt.expires_at, grace_until);
}

/// Locked rows, each once, sorted by key: the identity map that a batch decides on.
struct Rows {
  std::vector<Run> runs;
  std::vector<Job> jobs;
  std::vector<Attempt> attempts;
  std::vector<Schedule> schedules = {};
  std::optional<Control> control;

  const Run* run(RunId id) const;
  const Job* job(RunId run, std::uint32_t index) const;
  const Attempt* attempt(AttemptId id) const;
  const Schedule* schedule(ScheduleId id) const;

  /// Inserts the row or replaces the one with its key.
  void put(Run row);
  void put(Job row);
  void put(Attempt row);
  void put(Schedule row);
};

}  // namespace delta
