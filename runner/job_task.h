// One lease from grant to end: start, get secrets, execute its commands, upload, complete.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "core/ports/artifact_store.h"
#include "core/ports/executor.h"
#include "core/ports/secrets.h"
#include "runner/checkpoint_sender.h"
#include "runner/client.h"
#include "runner/held_lease.h"
#include "runner/log_shipper.h"

namespace delta {

struct RunnerPorts {
  Runtime runtime;
  Transport& transport;
  Executor& executor;
  ArtifactStore& artifacts;
  SecretStore& secrets;
};

/// What the jobs of one runner share.
struct RunnerContext {
  RunnerContext(RunnerPorts given, const Settings& chosen)
      : ports(given),
        settings(chosen),
        id(random_id<RunnerId>(given.runtime.random)),
        client(given.runtime, given.transport, settings),
        artifacts(given.runtime, {}, {.first = 500ms, .longest = 10s}),
        secrets(given.runtime, {}, {.first = 500ms, .longest = 10s}),
        stop(given.runtime),
        logs({given.runtime, given.artifacts, artifacts, upload_failures, settings.log_interval}) {}

  MonoTime now() const { return ports.runtime.clock.now(); }
  /// Whoever got `ttl` for a request sent then must stop working at this time.
  MonoTime work_until(MonoTime sent, Duration ttl) const {
    return sent + ttl - settings.fence_margin;
  }

  RunnerPorts ports;
  Settings settings;
  RunnerId id;  ///< of this incarnation: a restarted runner is another one
  OrchestratorClient client;
  Dependency artifacts;
  Dependency secrets;
  StopSignal stop;
  // For the statistics, since the start
  std::atomic<std::uint64_t> upload_failures = 0;
  std::atomic<std::uint64_t> secret_failures = 0;
  LogShipper logs;
};

class JobTask {
 public:
  /// `granted`: the checkpoint that came with the lease.
  JobTask(RunnerContext& context, std::shared_ptr<HeldLease> held, SharedSpec spec,
          Checkpoint granted);

  /// Runs to the job's end, one way or the other. Suspends.
  void run();

 private:
  bool acknowledge_start();
  /// The lease lives as long as the answer says, from when its request was sent.
  void renew(const Response& answer, MonoTime sent);
  /// The job's secrets; none if they could not be had in time, or the work had to stop.
  std::optional<Environment> fetch_secrets();
  std::optional<std::string> fetch_one(const std::string& name, MonoTime give_up);
  void run_commands(const Environment& secrets);
  /// The work stops before its end: says so if that is what the orchestrator wants.
  void stop_early();
  /// How the commands ended.
  struct Outcome {
    bool started = true;                    ///< false: one of them could not be
    std::optional<ExecutionResult> result;  ///< of the last that ran; none: the work had to stop
  };
  /// Each after the one before it; from the checkpoint on.
  Outcome execute_all(Workplace& workplace, JobLog& log);
  /// Waits for the command; none if the work had to stop before its end.
  std::optional<ExecutionResult> execute(Execution& execution);
  /// The step of that index has ended well.
  void offer_checkpoint(std::size_t step, const std::string& state);
  void announce(std::size_t step, JobLog& log);
  /// A line of the runner's own in the job's log.
  void note(JobLog& log, const std::string& line);
  /// While the command runs, a fence or a cancellation must be heeded at once. A finished result
  /// is worth offering until the orchestrator itself says that the lease is over.
  enum class Patience : std::uint8_t { while_working, until_lost };
  /// False: nobody answered in time.
  bool report(AttemptState phase, Patience patience);
  std::vector<Artifact> upload(const ExecutionResult& result, JobLog& log);
  Artifact upload_one(const ProducedArtifact& produced, MonoTime give_up);
  void complete(bool succeeded, FailureClass failure, std::vector<Artifact> artifacts);
  void acknowledge_cancel();
  const JobSpec& job() const { return spec_->jobs[held_->lease().ref.job]; }

  RunnerContext& context_;
  std::shared_ptr<HeldLease> held_;
  SharedSpec spec_;
  Checkpoint resume_;
  std::shared_ptr<CheckpointSender> checkpoints_;
  bool reported_running_ = false;
};

}  // namespace delta
