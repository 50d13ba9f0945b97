// The working copy of one decision: reads locked rows, collects those that change, and knows how
// the end of an attempt spreads to its job, the jobs after it and the run.
#pragma once

#include "core/decide.h"

namespace delta {

class Draft {
 public:
  Draft(const Rows& rows, const Envelope& envelope, const Context& context,
        const Settings& settings);

  /// The row as this decision sees it; null when it does not exist or was not locked.
  const Run* run(RunId id) const;
  const Job* job(RunId run, std::uint32_t index) const;
  const Attempt* attempt(AttemptId id) const;
  const Schedule* schedule(ScheduleId id) const { return rows_.schedule(id); }
  const Control* control() const { return rows_.control ? &*rows_.control : nullptr; }

  void put(Run row) { decision_.rows.put(std::move(row)); }
  void put(Job row) { decision_.rows.put(std::move(row)); }
  void put(Attempt row) { decision_.rows.put(std::move(row)); }

  /// Moves the row along one legal edge; anything else is a broken invariant.
  void advance(Attempt& attempt, AttemptState to);
  void advance(Run& run, RunState to);

  /// Makes a waiting attempt, or a fresh retry, ready to be leased.
  void enqueue(Attempt& attempt, DbTime due);
  /// Sends a queued attempt on its way to the queue.
  void dispatch(AttemptId id, DbTime due) { decision_.dispatches.push_back({id, due}); }

  /// A try ended without success: retry as the job's policy says, or decide the job.
  void end_try(const Attempt& ended, FailureClass failure);
  /// The job reached a terminal state: dependents, counters and the run follow.
  void end_job(RunId run, std::uint32_t index, JobState state);
  /// Ends the run if none of its jobs is open.
  void roll_up(RunId run);

  /// Writes the event of an accepted or recorded message about `subject` to its chain.
  void record(AttemptId subject, AttemptState from, std::optional<Reason> refused);
  void record(RunId subject, RunState from);
  /// The same for the control row and a schedule, which are written as they are given.
  void record(Control row);
  void record(Schedule row);

  /// Enters the head of an attempt that has ended into its run's chain.
  void close_chain(const Attempt& ended);

  template <class AnyId>
  AnyId fresh_id() {
    AnyId id;
    id.hi = draw();
    id.lo = draw();
    return id;
  }
  /// A number that the nonce decides, for jitter.
  std::uint64_t draw();

  const Context& context() const { return context_; }
  const Settings& settings() const { return settings_; }
  Decision take() { return std::move(decision_); }
  Decision refuse(Reason reason);

 private:
  bool may_retry(const JobSpec& spec, const Job& job, FailureClass failure) const;
  void create_retry(Job& job, const Attempt& ended);
  void count_in_run(RunId run, bool required, JobState state);
  void release_dependents(RunId run, std::uint32_t index);
  /// Ends all jobs after this one: it did not succeed.
  void skip_dependents(RunId run, std::uint32_t index);
  Duration backoff(std::uint32_t tries);
  AuditEvent new_event(RunId run) const;

  const Rows& rows_;
  const Envelope& envelope_;
  const Context& context_;
  const Settings& settings_;
  std::uint64_t drawn_ = 0;
  Decision decision_;
};

}  // namespace delta
