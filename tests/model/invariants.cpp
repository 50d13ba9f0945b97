// The invariants of a run's rows, and of one step of them.
#include "tests/model/invariants.h"

#include <algorithm>
#include <set>
#include <string_view>

namespace delta::test {
namespace {

using Found = std::vector<std::string>;

bool holds_lease(AttemptState state) {
  return state == AttemptState::leased || state == AttemptState::starting ||
         state == AttemptState::running || state == AttemptState::uploading ||
         state == AttemptState::cancel_requested;
}

bool has_ended(AttemptState state) {
  return state == AttemptState::succeeded || state == AttemptState::failed ||
         state == AttemptState::timed_out || state == AttemptState::lost ||
         state == AttemptState::cancelled || state == AttemptState::skipped;
}

bool has_ended(RunState state) {
  return state == RunState::succeeded || state == RunState::failed ||
         state == RunState::timed_out || state == RunState::cancelled;
}

const std::set<std::string, std::less<>>& attempt_edges() {
  static const std::set<std::string, std::less<>> edges{"waiting>queued",
                                                        "waiting>cancelled",
                                                        "waiting>skipped",
                                                        "queued>leased",
                                                        "queued>timed_out",
                                                        "queued>cancelled",
                                                        "queued>skipped",
                                                        "leased>starting",
                                                        "leased>failed",
                                                        "leased>timed_out",
                                                        "leased>lost",
                                                        "leased>cancel_requested",
                                                        "starting>running",
                                                        "starting>failed",
                                                        "starting>timed_out",
                                                        "starting>lost",
                                                        "running>uploading",
                                                        "starting>cancel_requested",
                                                        "running>failed",
                                                        "running>timed_out",
                                                        "running>lost",
                                                        "uploading>succeeded",
                                                        "uploading>failed",
                                                        "running>cancel_requested",
                                                        "uploading>timed_out",
                                                        "uploading>lost",
                                                        "uploading>cancel_requested",
                                                        "cancel_requested>cancelled"};
  return edges;
}

const std::set<std::string, std::less<>>& run_edges() {
  static const std::set<std::string, std::less<>> edges{
      "queued>running", "running>succeeded", "running>failed", "running>timed_out",
      "queued>timed_out", "queued>cancel_requested", "running>cancel_requested",
      "cancel_requested>cancelled",
      // Two edges in one decision: through running, when the last job ends before any start was
      // acknowledged; through cancel_requested, when nobody has to be asked.
      "queued>succeeded", "queued>failed", "queued>cancelled", "running>cancelled"};
  return edges;
}

template <class State>
std::string edge_of(State from, State to) {
  return std::string(name_of(from)) + ">" + std::string(name_of(to));
}

/// A run's end as a function of its jobs' states alone.
RunState end_of(const Run& run, const std::vector<Job>& jobs) {
  const auto any = [&](JobState state, bool only_required) {
    return std::any_of(jobs.begin(), jobs.end(), [&](const Job& job) {
      return job.state == state && (!only_required || run.spec->jobs[job.index].required);
    });
  };
  if (any(JobState::cancelled, false)) return RunState::cancelled;
  if (any(JobState::failed, true)) return RunState::failed;
  if (any(JobState::timed_out, true)) return RunState::timed_out;
  if (any(JobState::skipped, true)) return RunState::failed;
  return RunState::succeeded;
}

void check_run(const Rows& rows, Found& found) {
  const Run& run = rows.runs.at(0);
  std::uint32_t open = 0;
  std::uint32_t failed = 0;
  std::uint32_t timed_out = 0;
  std::uint32_t skipped = 0;
  for (const Job& job : rows.jobs) {
    const bool required = run.spec->jobs[job.index].required;
    open += job.state == JobState::open ? 1U : 0U;
    timed_out += required && job.state == JobState::timed_out ? 1U : 0U;
    skipped += required && job.state == JobState::skipped ? 1U : 0U;
    failed +=
        required && (job.state == JobState::failed || job.state == JobState::cancelled) ? 1U : 0U;
  }
  if (run.open_jobs != open) found.emplace_back("roll-up: open_jobs is not the jobs' count");
  if (run.required_failed != failed) found.emplace_back("roll-up: required_failed is wrong");
  if (run.required_skipped != skipped) found.emplace_back("roll-up: required_skipped is wrong");
  if (run.required_timed_out != timed_out) {
    found.emplace_back("roll-up: required_timed_out is wrong");
  }
  if (has_ended(run.state) != (open == 0)) {
    found.emplace_back("roll-up: a run ends exactly when its last job ends");
  }
  if (open == 0 && run.state != end_of(run, rows.jobs)) {
    found.emplace_back("roll-up: the run is " + std::string(name_of(run.state)) +
                       ", its jobs make " + std::string(name_of(end_of(run, rows.jobs))));
  }
  if (has_ended(run.state) != (run.finished_at != kNever)) {
    found.emplace_back("roll-up: finished_at is set exactly when the run has ended");
  }
}

/// The attempts of a job, as counted from their rows.
struct Counted {
  std::uint32_t all = 0;
  std::uint32_t held = 0;
  std::uint32_t failures = 0;
  std::uint32_t losses = 0;
  std::uint32_t open = 0;
};

Counted count(const Rows& rows, const Job& job) {
  Counted counted;
  for (const Attempt& row : rows.attempts) {
    if (row.job != job.index) continue;
    ++counted.all;
    counted.held += holds_lease(row.state) ? 1U : 0U;
    counted.open += has_ended(row.state) ? 0U : 1U;
    const bool failed = row.state == AttemptState::failed || row.state == AttemptState::timed_out;
    counted.failures += failed ? 1U : 0U;
    counted.losses += row.state == AttemptState::lost ? 1U : 0U;
  }
  return counted;
}

void check_job(const Rows& rows, const Job& job, Found& found) {
  const JobSpec& spec = rows.runs.at(0).spec->jobs[job.index];
  const std::string name = "job " + std::to_string(job.index) + ": ";
  const Counted counted = count(rows, job);
  if (counted.held > 1) found.push_back(name + "one-live-lease: two leases");
  if (counted.open != (job.state == JobState::open ? 1U : 0U)) {
    found.push_back(name + "roll-up: an open job has one open attempt, an ended one none");
  }
  const Attempt* current = rows.attempt(job.current);
  if (current == nullptr || current->job != job.index || current->number != counted.all) {
    found.push_back(name + "no-orphans: its current attempt is not its newest");
  }
  if (job.attempts != counted.all) found.push_back(name + "attempts is not the rows' count");
  if (counted.all > std::uint32_t{spec.retry.max_attempts} + spec.retry.max_losses) {
    found.push_back(name + "attempts-bounded: too many attempts");
  }
  // A time-out of the run or of the queue ends the job; it is no failed try of it.
  if (job.state == JobState::open && job.failures != counted.failures) {
    found.push_back(name + "attempts-bounded: failures is not the rows' count");
  }
  if (job.losses != counted.losses) {
    found.push_back(name + "attempts-bounded: losses is not the rows' count");
  }
  std::uint32_t unmet = 0;
  for (const std::uint32_t need : spec.needs) {
    unmet += rows.jobs.at(need).state == JobState::succeeded ? 0U : 1U;
  }
  if (job.state == JobState::open && job.unmet != unmet)
    found.push_back(name + "dependency-order: unmet is wrong");
}

void check_attempt(const Rows& rows, const Attempt& row, Found& found) {
  const std::string name =
      "attempt of job " + std::to_string(row.job) + " in " + std::string(name_of(row.state)) + ": ";
  const JobSpec& spec = rows.runs.at(0).spec->jobs[row.job];
  const bool ready = std::all_of(spec.needs.begin(), spec.needs.end(), [&](std::uint32_t need) {
    return rows.jobs.at(need).state == JobState::succeeded;
  });
  const bool may_wait = row.state == AttemptState::waiting || row.state == AttemptState::skipped ||
                        row.state == AttemptState::cancelled;
  if (!ready && !may_wait) found.push_back(name + "dependency-order: its needs did not succeed");
  const bool awaits = std::any_of(spec.needs.begin(), spec.needs.end(), [&](std::uint32_t need) {
    return rows.jobs.at(need).state == JobState::open;
  });
  if (row.state == AttemptState::waiting && !awaits) {
    found.push_back(name + "wake-up: it waits for nothing");
  }
  if (holds_lease(row.state) && row.expires_at == kNever) {
    found.push_back(name + "wake-up: its lease never ends");
  }
  if (row.state == AttemptState::cancel_requested && row.cancel_deadline == kNever) {
    found.push_back(name + "cancel-bounded: no deadline");
  }
  const bool cancelling = rows.runs.at(0).state == RunState::cancel_requested;
  if (!has_ended(row.state) && cancelling != (row.state == AttemptState::cancel_requested)) {
    found.push_back(name + "cancel-bounded: run and attempt do not agree that they are cancelled");
  }
  if (rows.runs.at(0).state == RunState::queued &&
      (row.state == AttemptState::starting || row.state == AttemptState::running ||
       row.state == AttemptState::uploading || row.state == AttemptState::succeeded)) {
    found.push_back(name + "roll-up: it was started, and its run is still queued");
  }
}

void check_edges(const Step& step, Found& found) {
  for (const Attempt& row : step.before.attempts) {
    const Attempt* now = step.after.attempt(row.id);
    if (now == nullptr) {
      found.emplace_back("no-orphans: an attempt is gone");
    } else if (now->state != row.state &&
               !attempt_edges().contains(edge_of(row.state, now->state))) {
      found.push_back("legal-transition: attempt " + edge_of(row.state, now->state));
    }
  }
  for (const Job& row : step.before.jobs) {
    const JobState now = step.after.job(row.run, row.index)->state;
    if (row.state != JobState::open && now != row.state) {
      found.emplace_back("terminal-is-final: a job changed after its end");
    }
  }
  const RunState from = step.before.runs.at(0).state;
  const RunState to = step.after.runs.at(0).state;
  if (from != to && !run_edges().contains(edge_of(from, to))) {
    found.push_back("legal-transition: run " + edge_of(from, to));
  }
}

const Credentials* credentials_of(const Message& message) {
  return std::visit(
      [](const auto& m) -> const Credentials* {
        if constexpr (requires { m.lease; }) {
          return &m.lease;
        } else {
          return nullptr;
        }
      },
      message);
}

void check_fence(const Step& step, Found& found) {
  const Credentials* lease = credentials_of(step.message);
  if (lease == nullptr || !step.decision.accepted()) return;
  const Attempt* row = step.before.attempt(lease->ref.attempt);
  const bool held = row != nullptr && holds_lease(row->state) && row->epoch == lease->epoch &&
                    row->token_hash == lease->token_hash &&
                    row->generation == step.context.generation &&
                    step.context.now < std::max(row->expires_at, step.context.grace_until);
  if (!held) found.emplace_back("fenced-completion: accepted from who does not hold the lease");
}

/// Background messages are accepted exactly when their deadline has passed.
void check_due(const Step& step, Found& found) {
  const DbTime now = step.context.now;
  const auto row_of = [&](const AttemptRef& ref) { return step.before.attempt(ref.attempt); };
  bool due = step.decision.accepted();
  if (const auto* expire = std::get_if<Expire>(&step.message)) {
    const Attempt* row = row_of(expire->ref);
    due = holds_lease(row->state) && now >= std::max(row->expires_at, step.context.grace_until);
  } else if (const auto* force = std::get_if<ForceCancel>(&step.message)) {
    const Attempt* row = row_of(force->ref);
    due = row->state == AttemptState::cancel_requested && now >= row->cancel_deadline;
  } else if (const auto* time_out = std::get_if<TimeOut>(&step.message)) {
    const Attempt* row = row_of(time_out->ref);
    const bool queued = row->state == AttemptState::queued;
    const bool works = holds_lease(row->state) && row->state != AttemptState::cancel_requested;
    due = (queued && now >= row->queue_deadline) || (works && now >= row->deadline);
  } else if (const auto* acquire = std::get_if<Acquire>(&step.message)) {
    const Attempt* row = step.before.attempt(acquire->attempt);
    due =
        row->state == AttemptState::queued && now >= row->available_at && now < row->queue_deadline;
  } else if (const auto* again = std::get_if<Reenqueue>(&step.message)) {
    due = step.before.attempt(again->attempt)->state == AttemptState::queued;
  } else if (std::holds_alternative<RunTimeOut>(step.message)) {
    const Run& run = step.before.runs.at(0);
    due = (run.state == RunState::queued || run.state == RunState::running) && now >= run.deadline;
  }
  if (due != step.decision.accepted()) {
    found.push_back(std::string(name_of(step.message)) +
                    (due ? " was due and is refused" : " was not due and is accepted"));
  }
}

/// A lease is never shortened by a renewal, and never longer than a TTL explains.
void check_renewal(const Step& step, Found& found) {
  const bool renews = std::holds_alternative<Heartbeat>(step.message) ||
                      std::holds_alternative<Report>(step.message);
  if (!renews || !step.decision.accepted()) return;
  const AttemptId id = credentials_of(step.message)->ref.attempt;
  const Attempt& before = *step.before.attempt(id);
  const Attempt& after = *step.after.attempt(id);
  if (before.state == AttemptState::leased || before.state == AttemptState::cancel_requested) {
    if (after.expires_at != before.expires_at) {
      found.emplace_back("cancel-bounded: a lease that may not grow was renewed");
    }
    return;
  }
  if (after.expires_at < step.context.now + step.context.lease_ttl) {
    found.emplace_back("one-live-lease: a renewal gives less than the TTL");
  }
  const DbTime longest = step.context.now + step.context.longest_lease;
  if (after.expires_at > longest) found.emplace_back("wake-up: a lease outlives every TTL");
  if (before.expires_at <= longest && after.expires_at < before.expires_at) {
    found.emplace_back("one-live-lease: a renewal shortens a lease");
  }
}

/// A checkpoint only goes forward, by its own message, and a new try begins with it.
void check_checkpoints(const Step& step, Found& found) {
  const bool saves = std::holds_alternative<SaveCheckpoint>(step.message);
  for (const Job& after : step.after.jobs) {
    const Job* before = step.before.job(after.run, after.index);
    if (before == nullptr || before->checkpoint == after.checkpoint) continue;
    if (saves && after.checkpoint.steps > before->checkpoint.steps) continue;
    found.emplace_back("checkpoint-monotonic: a checkpoint went back, or moved by itself");
  }
  for (const Attempt& after : step.after.attempts) {
    const bool retry = after.number > 1 && step.before.attempt(after.id) == nullptr;
    if (!retry || after.resume == step.before.job(after.run, after.job)->checkpoint) continue;
    found.emplace_back("checkpoint-monotonic: a try does not begin with its job's checkpoint");
  }
}

/// An attempt that is enqueued again gets one dispatch; nothing of its row changes.
void check_reenqueue(const Step& step, Found& found) {
  const auto* again = std::get_if<Reenqueue>(&step.message);
  if (again == nullptr || !step.decision.accepted()) return;
  const Attempt& before = *step.before.attempt(again->attempt);
  const Attempt& after = *step.after.attempt(again->attempt);
  const auto& sent = step.decision.dispatches;
  if (sent.size() != 1 || sent[0].attempt != again->attempt || sent[0].due < before.available_at) {
    found.emplace_back("wake-up: an attempt was enqueued again without its dispatch");
  }
  if (after.state != before.state || after.available_at != before.available_at ||
      after.queue_deadline != before.queue_deadline || after.epoch != before.epoch) {
    found.emplace_back("enqueueing an attempt again changes it");
  }
}

void check_record(const Step& step, Found& found) {
  const Decision& decision = step.decision;
  const bool heartbeat = std::holds_alternative<Heartbeat>(step.message);
  if (decision.accepted() && decision.event.has_value() == heartbeat) {
    found.emplace_back("audit-replays: an event for all that changes state, but heartbeats");
  }
  const bool late =
      std::holds_alternative<Complete>(step.message) && decision.refused == Reason::lease_over;
  if (!decision.accepted() && decision.event.has_value() != late) {
    found.emplace_back("fenced-completion: a late completion, and nothing else, is on record");
  }
  for (const Attempt& row : step.after.attempts) {
    const Attempt* before = step.before.attempt(row.id);
    if (row.state != AttemptState::queued) continue;
    if (before != nullptr && before->state == AttemptState::queued) continue;
    const bool sent = std::any_of(decision.dispatches.begin(), decision.dispatches.end(),
                                  [&](const Dispatch& d) { return d.attempt == row.id; });
    if (!sent) found.emplace_back("wake-up: an attempt was queued and not dispatched");
  }
  if (decision.accepted()) return;
  if (!decision.dispatches.empty()) found.emplace_back("a refused message dispatches");
  for (const Attempt& row : step.before.attempts) {
    const Attempt* now = step.after.attempt(row.id);
    if (now->state != row.state || now->expires_at != row.expires_at || now->epoch != row.epoch) {
      found.emplace_back("a refused message changes an attempt");
    }
  }
  if (step.after.attempts.size() != step.before.attempts.size()) {
    found.emplace_back("a refused message makes an attempt");
  }
}

}  // namespace

std::vector<std::string> broken_in_state(const Rows& rows) {
  Found found;
  check_run(rows, found);
  for (const Job& job : rows.jobs) check_job(rows, job, found);
  for (const Attempt& row : rows.attempts) check_attempt(rows, row, found);
  return found;
}

std::vector<std::string> broken_in_step(const Step& step) {
  Found found;
  check_edges(step, found);
  check_fence(step, found);
  check_due(step, found);
  check_record(step, found);
  check_renewal(step, found);
  check_checkpoints(step, found);
  check_reenqueue(step, found);
  return found;
}

}  // namespace delta::test
