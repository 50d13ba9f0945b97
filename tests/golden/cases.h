// One table in each state of an attempt and of a run, reached by messages, for the golden table.
#pragma once

#include <array>
#include <string>

#include "tests/model/table.h"

namespace delta::test {

inline constexpr auto kAttempts = std::to_array<AttemptState>(
    {AttemptState::waiting, AttemptState::queued, AttemptState::leased, AttemptState::starting,
     AttemptState::running, AttemptState::uploading, AttemptState::cancel_requested,
     AttemptState::succeeded, AttemptState::failed, AttemptState::timed_out, AttemptState::lost,
     AttemptState::cancelled, AttemptState::skipped});
inline constexpr auto kRuns = std::to_array<RunState>(
    {RunState::queued, RunState::running, RunState::cancel_requested, RunState::succeeded,
     RunState::failed, RunState::timed_out, RunState::cancelled});

/// A table, and the attempt that the next message is about.
struct Case {
  Table table;
  AttemptId subject;

  const Attempt& row() const { return *table.rows.attempt(subject); }
  Credentials lease() const { return Table::credentials(row()); }
};

struct Policy {
  bool retry_left = true;
  bool required = true;
  bool retry_user = false;
};

/// Two jobs, the second after the first; each with every kind of deadline.
inline SharedSpec two_jobs(Policy policy) {
  JobSpec first;
  first.name = "first";
  first.steps = {{"one", "true"}, {"two", "true"}, {"three", "true"}};
  first.required = policy.required;
  first.timeout = 10min;
  first.queue_timeout = 20min;
  first.retry.max_attempts = policy.retry_left ? 2 : 1;
  first.retry.max_losses = policy.retry_left ? 1 : 0;
  first.retry.retry_user = policy.retry_user;
  JobSpec second = first;
  second.name = "second";
  second.needs = {0};
  return spec_of({first, second}, 1h);
}

/// The subject is the first job's first attempt; for waiting and skipped the second job's.
inline Case case_of(AttemptState state, Policy policy) {
  Case made{Table(two_jobs(policy)), {}};
  Table& table = made.table;
  const bool second = state == AttemptState::waiting || state == AttemptState::skipped;
  made.subject = table.attempt(second ? 1 : 0).id;
  if (state == AttemptState::waiting || state == AttemptState::queued) return made;
  if (is_live(state) && state != AttemptState::cancel_requested) {
    table.bring(0, state);
    return made;
  }
  if (state == AttemptState::succeeded) {
    table.bring(0, state);
    return made;
  }
  table.bring(0, AttemptState::running);
  switch (state) {
    case AttemptState::failed:
    case AttemptState::skipped: table.must(table.complete(0, false)); break;
    case AttemptState::timed_out:
      table.must(Heartbeat{made.lease()});
      table.context.now = made.row().deadline;
      table.must(TimeOut{made.row().ref()});
      break;
    case AttemptState::lost: table.must(Revoke{made.row().ref()}); break;
    case AttemptState::cancel_requested: table.must(Cancel{kRun}); break;
    case AttemptState::cancelled:
      table.must(Cancel{kRun});
      table.must(CancelAck{made.lease()});
      break;
    case AttemptState::waiting:
    case AttemptState::queued:
    case AttemptState::leased:
    case AttemptState::starting:
    case AttemptState::running:
    case AttemptState::uploading:
    case AttemptState::succeeded: CHECK(false);
  }
  return made;
}

inline Case case_of(RunState state, Policy policy) {
  Case made{Table(two_jobs(policy)), {}};
  Table& table = made.table;
  made.subject = table.attempt().id;
  switch (state) {
    case RunState::queued: break;
    case RunState::running: table.bring(0, AttemptState::running); break;
    case RunState::cancel_requested:
      table.bring(0, AttemptState::running);
      table.must(Cancel{kRun});
      break;
    case RunState::succeeded:
      table.bring(0, AttemptState::succeeded);
      table.bring(1, AttemptState::succeeded);
      break;
    case RunState::failed:
      table.bring(0, AttemptState::running);
      table.must(table.complete(0, false));
      break;
    case RunState::timed_out:  // the second job waits too long in the queue
      table.bring(0, AttemptState::succeeded);
      table.context.now = table.attempt(1).queue_deadline;
      table.must(TimeOut{table.attempt(1).ref()});
      break;
    case RunState::cancelled: table.must(Cancel{kRun}); break;
  }
  CHECK(table.run().state == state);
  return made;
}

}  // namespace delta::test
