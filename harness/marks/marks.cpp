#include "harness/marks/marks.h"

#include <algorithm>

namespace aftershock {

using namespace delta;

const std::array<MarkInfo, kMarks>& mark_catalogue() {
  static constexpr std::array<MarkInfo, kMarks> catalogue{{
      {"lease-expired", "The reaper ended a lease that nobody had renewed."},
      {"lease-lost-before-start", "A lease was lost before its runner had started."},
      {"lease-lost-while-running", "A lease was lost while its job's command ran."},
      {"lease-lost-while-uploading", "A lease was lost while its artifacts were uploaded."},
      {"retried-after-loss", "A job whose lease was lost got another try."},
      {"retried-after-failure", "A job whose try failed got another."},
      {"late-completion-refused", "A result came after its lease had ended; it is on record."},
      {"stale-message-refused", "A runner's message was refused: the lease is not its own."},
      {"forced-cancel", "A cancellation came to its deadline and was forced."},
      {"cancel-acknowledged", "A runner acknowledged a cancellation."},
      {"grace-granted", "After a gap in sweeping every lease was given one TTL more."},
      {"lease-revoked", "An operator or a restore took a lease away."},
      {"generation-raised", "Every lease from before was declared void."},
      {"policy-changed", "An operator changed what the system may do."},
      {"reenqueued", "An operator had queued work sent to the queue again."},
      {"attempt-timed-out", "A try came to its own deadline."},
      {"run-timed-out", "A run came to its deadline."},
      {"artifact-missing", "A job ended with an artifact that could not be stored."},
      {"checkpoint-accepted", "A step of a job ended, and its checkpoint was accepted."},
      {"checkpoint-refused", "A checkpoint was refused: malformed, or its lease was over."},
      {"resumed-from-checkpoint", "A job of several steps was tried again from a checkpoint."},
      {"restarted-without-checkpoint", "One was tried again from its beginning."},
      {"fires-made-up", "Several fires of a schedule had their runs at once."},
      {"fire-skipped", "Fires of a schedule were missed, and skipped as its policy says."},
  }};
  return catalogue;
}

namespace {

/// A try ended so, by this very message.
bool ended_as(const AuditEvent& event, AttemptState state) {
  return !event.attempt.is_nil() && !event.refused && event.to == static_cast<std::uint8_t>(state);
}

bool may_have_been_retried(const AuditEvent& event) {
  return ended_as(event, AttemptState::lost) || ended_as(event, AttemptState::failed) ||
         ended_as(event, AttemptState::timed_out);
}

/// The commit that ends a try creates the next one of the same job.
bool retried_by(const sim::CommitView& commit, const AuditEvent& event) {
  if (!may_have_been_retried(event)) return false;
  std::uint32_t job = 0;
  for (const AttemptWrite& write : commit.writes.attempts) {
    if (write.row.id == event.attempt) job = write.row.job;
  }
  return std::ranges::any_of(commit.writes.attempts, [&](const AttemptWrite& write) {
    return write.row.run == event.run && write.row.job == job && !write.expected &&
           write.row.number > 1;
  });
}

bool is_refused_as_stale(const Response& response) {
  return response.status == Status::refused &&
         (response.reason == Reason::stale || response.reason == Reason::lease_over);
}

}  // namespace

void MarkCounter::on_commit(const sim::CommitView& commit) {
  for (const AuditEvent& event : commit.writes.audit) {
    on_event(event);
    if (!retried_by(commit, event)) continue;
    const bool lost = ended_as(event, AttemptState::lost);
    hit(lost ? Mark::kRetriedAfterLoss : Mark::kRetriedAfterFailure);
  }
  for (const AttemptWrite& write : commit.writes.attempts) {
    if (write.expected || write.row.number == 1 || write.row.job_spec().steps.empty()) continue;
    hit(write.row.resume.steps > 0 ? Mark::kResumedFromCheckpoint
                                   : Mark::kRestartedWithoutCheckpoint);
  }
  for (std::size_t i = 0; i < commit.writes.schedules.size(); ++i) {
    const Schedule& row = commit.writes.schedules[i].row;
    const Schedule* before = commit.before.schedules[i];
    if (before == nullptr) continue;
    if (row.fires > before->fires + 1) hit(Mark::kFiresMadeUp);
    if (row.skipped > before->skipped) hit(Mark::kFireSkipped);
  }
  if (!commit.writes.control) return;
  const Control& control = *commit.writes.control;
  if (control.grace_until > grace_until_) hit(Mark::kGraceGranted);
  grace_until_ = std::max(grace_until_, control.grace_until);
  note_generation(control.generation);
}

void MarkCounter::on_rewind(const sim::Tables& tables) {
  note_generation(tables.control().generation);
}

void MarkCounter::note_generation(std::uint64_t generation) {
  if (generation > generation_) hit(Mark::kGenerationRaised);
  generation_ = std::max(generation_, generation);
}

void MarkCounter::on_event(const AuditEvent& event) {
  const Message& message = event.what.message;
  const auto from = static_cast<AttemptState>(event.from);
  const bool lost = ended_as(event, AttemptState::lost);
  if (lost && from == AttemptState::leased) hit(Mark::kLeaseLostBeforeStart);
  if (lost && from == AttemptState::running) hit(Mark::kLeaseLostWhileRunning);
  if (lost && from == AttemptState::uploading) hit(Mark::kLeaseLostWhileUploading);
  if (const auto* complete = std::get_if<Complete>(&message)) {
    if (event.refused) hit(Mark::kLateCompletionRefused);
    const bool missing = std::ranges::any_of(complete->artifacts, [](const Artifact& artifact) {
      return artifact.state == ArtifactState::missing;
    });
    if (!event.refused && missing) hit(Mark::kArtifactMissing);
  }
  if (std::holds_alternative<SaveCheckpoint>(message)) hit(Mark::kCheckpointAccepted);
  if (std::holds_alternative<Expire>(message)) hit(Mark::kLeaseExpired);
  if (std::holds_alternative<Revoke>(message)) hit(Mark::kLeaseRevoked);
  if (std::holds_alternative<SetPolicy>(message)) hit(Mark::kPolicyChanged);
  if (std::holds_alternative<Reenqueue>(message)) hit(Mark::kReenqueued);
  if (std::holds_alternative<ForceCancel>(message)) hit(Mark::kForcedCancel);
  if (std::holds_alternative<CancelAck>(message)) hit(Mark::kCancelAcknowledged);
  if (std::holds_alternative<TimeOut>(message)) hit(Mark::kAttemptTimedOut);
  if (std::holds_alternative<RunTimeOut>(message)) hit(Mark::kRunTimedOut);
}

void MarkCounter::on_answer(const Request& request, const Response& response) {
  const bool from_runner = std::holds_alternative<StartRequest>(request) ||
                           std::holds_alternative<ReportRequest>(request) ||
                           std::holds_alternative<CompleteRequest>(request);
  if (std::holds_alternative<CheckpointRequest>(request) && response.status == Status::refused) {
    hit(Mark::kCheckpointRefused);
  }
  if (from_runner && is_refused_as_stale(response)) hit(Mark::kStaleMessageRefused);
}

}  // namespace aftershock
