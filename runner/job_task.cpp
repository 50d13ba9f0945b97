#include "runner/job_task.h"

#include "core/api.h"

namespace delta {

JobTask::JobTask(RunnerContext& context, std::shared_ptr<HeldLease> held, SharedSpec spec,
                 Checkpoint granted)
    : context_(context),
      held_(std::move(held)),
      spec_(std::move(spec)),
      resume_(std::move(granted)),
      checkpoints_(std::make_shared<CheckpointSender>(
          CheckpointSender::Parts{context_.ports.runtime, context_.client,
                                  context_.settings.checkpoint_interval},
          held_->lease())) {}

void JobTask::run() {
  if (!acknowledge_start()) return;  // refused: somebody else's job now, or cancelled
  if (const auto secrets = fetch_secrets()) return run_commands(*secrets);
  if (held_->interrupted() != Interrupt::none) return stop_early();
  complete(false, FailureClass::infrastructure, {});
}

void JobTask::run_commands(const Environment& secrets) {
  const AttemptRef& ref = held_->lease().ref;
  const auto log = std::make_shared<JobLog>(context_.ports.runtime.tasks, secrets);
  context_.logs.add(held_->lease(), log);
  // A state that nobody can read was altered by somebody: as good as none.
  if (resume_.steps > 0 && !is_sound(resume_, job())) {
    note(*log, "the checkpoint cannot be read: from the beginning");
    resume_ = {};
  }
  const std::unique_ptr<Workplace> workplace =
      context_.ports.executor.prepare({job(), ref.attempt, secrets, resume_.state,
                                       [this, &ref, &log = *log](std::string_view piece) {
                                         if (log.write(piece)) context_.logs.printed(ref.attempt);
                                       }});
  Outcome outcome{.started = workplace != nullptr, .result = {}};
  if (workplace != nullptr) outcome = execute_all(*workplace, *log);
  checkpoints_->close();
  if (!outcome.started) {
    context_.logs.release(ref.attempt);
    return complete(false, FailureClass::infrastructure, {});
  }
  if (!outcome.result) {
    context_.logs.abandon(ref.attempt);
    return stop_early();
  }
  context_.logs.release(ref.attempt);
  // Phases are reported in order, so that the completion of a finished job fits.
  if (!reported_running_) report(AttemptState::running, Patience::until_lost);
  report(AttemptState::uploading, Patience::until_lost);
  std::vector<Artifact> artifacts = upload(*outcome.result, *log);
  complete(outcome.result->exit_code == 0, FailureClass::user, std::move(artifacts));
}

JobTask::Outcome JobTask::execute_all(Workplace& workplace, JobLog& log) {
  Outcome outcome;
  for (std::size_t index = resume_.steps; index < job().commands(); ++index) {
    // A step may have ended long after its lease: the next one must not begin.
    if (index > resume_.steps && held_->interrupted() != Interrupt::none) return {};
    announce(index, log);
    const std::unique_ptr<Execution> execution = workplace.start(index);
    if (execution == nullptr) return {.started = false, .result = {}};
    held_->watch(execution.get());
    if (!reported_running_) {
      reported_running_ = report(AttemptState::running, Patience::while_working);
    }
    outcome.result = execute(*execution);
    held_->watch(nullptr);
    if (!outcome.result) execution->kill();
    if (!outcome.result || outcome.result->exit_code != 0) break;
    if (index + 1 < job().commands()) offer_checkpoint(index, outcome.result->state);
  }
  return outcome;
}

void JobTask::offer_checkpoint(std::size_t step, const std::string& state) {
  checkpoints_->offer({static_cast<std::uint32_t>(step) + 1, state}, job());
}

void JobTask::announce(std::size_t step, JobLog& log) {
  if (job().steps.empty()) return;
  for (const std::string& remark : checkpoints_->take_remarks()) note(log, remark);
  const bool resumed = step > 0 && step == resume_.steps;
  note(log, "step " + std::to_string(step + 1) + " of " + std::to_string(job().steps.size()) +
                ": " + job().steps[step].name + (resumed ? ", from a checkpoint" : ""));
}

void JobTask::note(JobLog& log, const std::string& line) {
  if (log.write("[" + line + "]\n")) context_.logs.printed(held_->lease().ref.attempt);
}

bool JobTask::acknowledge_start() {
  // Nobody works on the job before this is answered, so trying for long is safe; giving up is not:
  // a try that seemed lost may still be accepted, and its lease would then live without a holder.
  MonoTime sent{};
  const auto answer =
      context_.client.call_until_settled(StartRequest{held_->lease()}, [] { return true; }, &sent);
  if (!answer || answer->status != Status::ok) {
    // Refused in this way it was cancelled before anybody began.
    if (answer && answer->reason == Reason::wrong_state) acknowledge_cancel();
    return false;
  }
  renew(*answer, sent);
  held_->set_started();
  return true;
}

void JobTask::renew(const Response& answer, MonoTime sent) {
  const auto* lease = std::get_if<LeaseReply>(&answer.body);
  if (lease != nullptr) held_->renewed(context_.work_until(sent, lease->ttl));
}

std::optional<Environment> JobTask::fetch_secrets() {
  const MonoTime give_up = context_.now() + context_.settings.secrets_deadline;
  Environment values;
  for (const std::string& name : job().secrets) {
    auto value = fetch_one(name, give_up);
    if (!value) return std::nullopt;
    values.emplace(name, std::move(*value));
  }
  return values;
}

std::optional<std::string> JobTask::fetch_one(const std::string& name, MonoTime give_up) {
  while (held_->interrupted() == Interrupt::none) {
    if (context_.secrets.allow()) {
      auto value = context_.secrets.counted(context_.ports.secrets.get(name));
      if (value) return std::move(*value);
      ++context_.secret_failures;
      if (!value.error().retryable) break;
    }
    const MonoTime again = context_.secrets.next_try();
    if (again >= give_up) break;
    context_.ports.runtime.clock.sleep_until(again);
  }
  return std::nullopt;
}

std::optional<ExecutionResult> JobTask::execute(Execution& execution) {
  for (;;) {
    if (execution.wait_until(held_->work_until())) return execution.result();
    if (held_->interrupted() != Interrupt::none) return std::nullopt;
  }
}

bool JobTask::report(AttemptState phase, Patience patience) {
  const auto keep_trying = [this, patience] {
    const Interrupt interrupt = held_->interrupted();
    return patience == Patience::until_lost ? interrupt != Interrupt::lost
                                            : interrupt == Interrupt::none;
  };
  MonoTime sent{};
  const auto answer =
      context_.client.call_until_settled(ReportRequest{held_->lease(), phase}, keep_trying, &sent);
  if (answer && answer->status == Status::ok) renew(*answer, sent);
  // A refusal needs no action here: a heartbeat, or the completion, says what it means.
  return answer.has_value();
}

std::vector<Artifact> JobTask::upload(const ExecutionResult& result, JobLog& log) {
  const MonoTime give_up = context_.now() + context_.settings.upload_deadline;
  std::vector<Artifact> artifacts;
  for (const ProducedArtifact& produced : result.artifacts) {
    artifacts.push_back(upload_one(produced, give_up));
  }
  if (log.printed()) {
    artifacts.push_back(upload_one({kLogName, content_of(log.finish())}, give_up));
  }
  return artifacts;
}

Artifact JobTask::upload_one(const ProducedArtifact& produced, MonoTime give_up) {
  const Lease& lease = held_->lease();
  const std::string path = artifact_path(lease.ref, hash_token(lease.token), produced.name);
  for (;;) {
    if (context_.artifacts.allow()) {
      const auto stored =
          context_.artifacts.counted(context_.ports.artifacts.put(path, produced.content));
      if (stored) return {produced.name, ArtifactState::stored, produced.content.digest};
      ++context_.upload_failures;
      if (!stored.error().retryable) break;
    }
    const MonoTime again = context_.artifacts.next_try();
    if (again >= give_up || held_->interrupted() == Interrupt::lost) break;
    context_.ports.runtime.clock.sleep_until(again);
  }
  return {produced.name, ArtifactState::missing, 0};
}

void JobTask::complete(bool succeeded, FailureClass failure, std::vector<Artifact> artifacts) {
  // A finished result is offered until it is accepted or refused, even when the lease may be over:
  // only the orchestrator can tell.
  static_cast<void>(context_.client.call_until_settled(
      CompleteRequest{held_->lease(), succeeded, failure, std::move(artifacts)},
      [] { return true; }));
}

void JobTask::stop_early() {
  if (held_->interrupted() == Interrupt::cancelled) acknowledge_cancel();
}

void JobTask::acknowledge_cancel() {
  const MonoTime give_up = context_.now() + context_.settings.cancel_deadline;
  static_cast<void>(context_.client.call_until_settled(
      CancelAckRequest{held_->lease()}, [this, give_up] { return context_.now() < give_up; }));
}

}  // namespace delta
