// legal-transition: every change of state follows the state machines, and a message on record
// explains it. The edges are written out here again, from the design, on purpose.
#include <algorithm>

#include "harness/checkers/all.h"
#include "harness/checkers/describe.h"

namespace aftershock {

using namespace delta;

namespace {

/// A set of states.
using Mask = std::uint32_t;

template <class... State>
constexpr Mask in(State... state) {
  return ((Mask{1} << static_cast<unsigned>(state)) | ...);
}

using enum AttemptState;
constexpr Mask kWorking = in(leased, starting, running, uploading);
constexpr Mask kTakenAway = in(failed, timed_out, lost, AttemptState::cancel_requested);

constexpr Mask edges_from(AttemptState from) {
  switch (from) {
    case waiting: return in(queued, cancelled, skipped);
    case queued: return in(leased, timed_out, cancelled, skipped);
    case leased: return in(starting) | kTakenAway;
    case starting: return in(running) | kTakenAway;
    case running: return in(uploading) | kTakenAway;
    case uploading: return in(succeeded) | kTakenAway;
    case cancel_requested: return in(cancelled);
    case succeeded:
    case failed:
    case timed_out:
    case lost:
    case cancelled:
    case skipped: return 0;
  }
  return 0;
}

/// Where a message may bring the attempt that it is about.
struct Targets {
  Mask operator()(const Submit&) const { return 0; }
  Mask operator()(const Cancel&) const { return 0; }
  Mask operator()(const RunTimeOut&) const { return 0; }
  Mask operator()(const Heartbeat&) const { return 0; }
  Mask operator()(const Acquire&) const { return in(leased); }
  Mask operator()(const Start&) const { return in(starting); }
  Mask operator()(const delta::Report&) const { return in(running, uploading); }
  Mask operator()(const Complete&) const { return in(succeeded, failed, cancelled); }
  Mask operator()(const CancelAck&) const { return in(cancelled); }
  Mask operator()(const Expire&) const { return in(lost, cancelled); }
  Mask operator()(const Revoke&) const { return in(lost, cancelled); }
  Mask operator()(const ForceCancel&) const { return in(cancelled); }
  Mask operator()(const TimeOut&) const { return in(timed_out); }
  Mask operator()(const Reenqueue&) const { return in(queued); }
  Mask operator()(const SetPolicy&) const { return 0; }
  Mask operator()(const RaiseGeneration&) const { return 0; }
  Mask operator()(const SaveCheckpoint&) const { return in(starting, running, uploading); }
  Mask operator()(const CreateSchedule&) const { return 0; }
  Mask operator()(const ChangeSchedule&) const { return 0; }
  Mask operator()(const Fire&) const { return 0; }
};

/// Only a cancellation that was requested ends in cancelled by a message of its own.
bool cancels_unasked(const AuditEvent& event) {
  return static_cast<AttemptState>(event.to) == cancelled &&
         static_cast<AttemptState>(event.from) != AttemptState::cancel_requested;
}

/// Where an attempt may be that was in one of `possible`, after a message about itself.
Mask step(Mask possible, const AuditEvent& event) {
  const auto from = static_cast<AttemptState>(event.from);
  const Mask to = in(static_cast<AttemptState>(event.to));
  // The messages that leave their attempt where it is.
  if (std::holds_alternative<Reenqueue>(event.what.message)) return possible & to & in(queued);
  if (std::holds_alternative<SaveCheckpoint>(event.what.message)) {
    return possible & in(from)&to & std::visit(Targets{}, event.what.message);
  }
  const bool legal = (possible & in(from)) != 0 && (edges_from(from) & to) != 0 &&
                     (std::visit(Targets{}, event.what.message) & to) != 0 &&
                     !cancels_unasked(event);
  return legal ? to : 0;
}

bool ends_badly(const AuditEvent& event) {
  return (in(static_cast<AttemptState>(event.to)) & in(failed, timed_out, lost, cancelled)) != 0;
}

/// The same after a message about another attempt of the run, or about the whole run.
Mask follow(Mask possible, const AuditEvent& event) {
  Mask more = 0;
  const auto move = [&](Mask from, AttemptState to) {
    if ((possible & from) != 0) more |= in(to);
  };
  if (!event.attempt.is_nil()) {
    if (static_cast<AttemptState>(event.to) == succeeded) move(in(waiting), queued);
    if (ends_badly(event)) move(in(waiting, queued), skipped);
  } else if (std::holds_alternative<Cancel>(event.what.message)) {
    move(in(waiting, queued), cancelled);
    move(in(waiting), skipped);
    move(kWorking, AttemptState::cancel_requested);
  } else if (std::holds_alternative<RunTimeOut>(event.what.message)) {
    move(in(waiting), skipped);
    move(in(queued) | kWorking, timed_out);
  }
  return possible | more;
}

/// In which states the message may have created the attempt.
Mask born(const Attempt& row, const AuditEvent& event) {
  if (std::holds_alternative<Submit>(event.what.message)) return in(waiting, queued);
  const bool retried = (in(static_cast<AttemptState>(event.to)) & in(failed, timed_out, lost)) != 0;
  const bool same_job = footprint(event.what.message).ref.job == row.job;
  return !event.attempt.is_nil() && retried && same_job ? in(queued) : 0;
}

/// The run, which this commit creates, is what a schedule's fire made.
bool is_fired(const CommitView& view, const Run& run) {
  return !run.schedule.is_nil() &&
         std::ranges::any_of(view.writes.audit, [&run](const AuditEvent& event) {
           return event.schedule == run.schedule && !event.refused &&
                  std::holds_alternative<Fire>(event.what.message);
         });
}
bool is_fired(const CommitView& view, RunId run) {
  for (std::size_t i = 0; i < view.writes.runs.size(); ++i) {
    const bool created = view.before.runs[i] == nullptr;
    if (created && view.writes.runs[i].row.id == run)
      return is_fired(view, view.writes.runs[i].row);
  }
  return false;
}

Mask reachable(const CommitView& view, const Attempt* before, const Attempt& after) {
  Mask possible = before != nullptr ? in(before->state) : 0;
  if (before == nullptr && is_fired(view, after.run)) possible = in(waiting, queued);
  for (const AuditEvent& event : view.writes.audit) {
    if (event.run != after.run || event.refused) continue;
    if (event.attempt == after.id) {
      possible = step(possible, event);
    } else if (possible == 0) {
      possible = born(after, event);
    } else {
      possible = follow(possible, event);
    }
  }
  return possible;
}

/// Runs: where a message about the run itself may bring it. It may pass through running.
Mask run_step(Mask possible, const AuditEvent& event) {
  const Mask open = in(RunState::queued, RunState::running);
  const Mask from = in(static_cast<RunState>(event.from));
  const Mask to = in(static_cast<RunState>(event.to));
  Mask targets = 0;
  if (std::holds_alternative<Submit>(event.what.message)) {
    return possible == 0 && to == in(RunState::queued) ? to : 0;
  }
  if (std::holds_alternative<Cancel>(event.what.message)) {
    targets = in(RunState::cancel_requested, RunState::cancelled);
  } else if (std::holds_alternative<RunTimeOut>(event.what.message)) {
    targets = in(RunState::timed_out, RunState::failed, RunState::succeeded);
  }
  return (possible & from & open) != 0 && (targets & to) != 0 ? to : 0;
}

Mask run_reachable(const CommitView& view, const Run* before, const Run& after) {
  const Mask open = in(RunState::queued, RunState::running);
  Mask possible = before != nullptr ? in(before->state) : 0;
  if (before == nullptr && is_fired(view, after)) possible = in(RunState::queued);
  for (const AuditEvent& event : view.writes.audit) {
    if (event.run != after.id || event.refused) continue;
    if (event.attempt.is_nil()) {
      possible = run_step(possible, event);
    } else if (std::holds_alternative<Start>(event.what.message)) {
      if ((possible & in(RunState::queued)) != 0) possible |= in(RunState::running);
    } else if (static_cast<AttemptState>(event.to) >= succeeded) {
      const bool cancelling = (possible & in(RunState::cancel_requested)) != 0;
      if ((possible & open) != 0) {
        possible |= in(RunState::succeeded, RunState::failed, RunState::timed_out);
      }
      if (cancelling) possible |= in(RunState::cancelled);
    }
  }
  return possible;
}

class LegalTransition final : public Checker {
 public:
  explicit LegalTransition(Report report) : Checker(std::move(report)) {}

  std::string_view name() const override { return "legal-transition"; }

  void on_commit(const CommitView& view) override {
    for (std::size_t i = 0; i < view.writes.runs.size(); ++i) {
      const Run& after = view.writes.runs[i].row;
      const Run* before = view.before.runs[i];
      if (before != nullptr && before->state == after.state) continue;
      judge((run_reachable(view, before, after) & in(after.state)) != 0,
            [&] { return unexplained(view, before, after, after.id); });
    }
    for (std::size_t i = 0; i < view.writes.attempts.size(); ++i) {
      const Attempt& after = view.writes.attempts[i].row;
      const Attempt* before = view.before.attempts[i];
      if (before != nullptr && before->state == after.state) continue;
      judge((reachable(view, before, after) & in(after.state)) != 0,
            [&] { return unexplained(view, before, after, after.run); });
    }
  }

 private:
  template <class Row>
  static Finding unexplained(const CommitView& view, const Row* before, const Row& after,
                             RunId run) {
    Finding finding{{}, {}, {}, run};
    finding.message = (before ? std::string(name_of(before->state)) : "no row") + " -> " +
                      std::string(name_of(after.state)) +
                      " is no path of legal edges that messages on record explain";
    finding.rows.push_back("after: " + describe(after));
    for (const AuditEvent& event : view.writes.audit) {
      if (event.run == run) finding.rows.push_back(describe(event));
    }
    return finding;
  }
};

}  // namespace

std::unique_ptr<Checker> make_legal_transition(Checker::Report report, const Settings&) {
  return std::make_unique<LegalTransition>(std::move(report));
}

}  // namespace aftershock
