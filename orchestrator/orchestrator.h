// The control plane: one process's worth of Delta CI's orchestrator, over ports. Any number run
// side by side; none is special.
#pragma once

#include "orchestrator/dispatcher.h"
#include "orchestrator/observer.h"
#include "orchestrator/operators.h"
#include "orchestrator/outbox_relay.h"
#include "orchestrator/reader.h"
#include "orchestrator/reaper.h"
#include "orchestrator/reconciler.h"
#include "orchestrator/runner_watch.h"
#include "orchestrator/scheduler.h"

namespace delta {

/// What one process does, so that each part can be run, lost and recovered alone. Whatever it does,
/// it publishes what it has dispatched, measures, and answers for its metrics.
struct Roles {
  bool api = true;       ///< answers clients and operators
  bool dispatch = true;  ///< answers runners, and re-emits what they wait for in vain
  bool schedule = true;  ///< fires schedules, and adopts what others were to bring into the queue
  bool reap = true;      ///< ends what is due
};

struct Health {
  DependencyHealth database = {};
  DependencyHealth queue = {};
  Roles roles = {};
  bool stopping = false;
  bool database_up = false;  ///< its last calls worked, and there was one
  bool queue_up = false;
  std::vector<std::string_view> stuck_loops;
};

class Orchestrator {
 public:
  /// `settings` must be sound: see problems().
  Orchestrator(OrchestratorPorts ports, const Settings& settings, Roles roles = {});

  /// Spawns the process's tasks. Does not suspend.
  void start();
  /// Any task; does not suspend. Nothing is acknowledged that is not committed.
  void handle(Request request, Responder respond);
  /// Any task; does not suspend, and asks no dependency.
  Health health() const;
  /// Graceful stop: refuses new work, answers what it has taken, then its tasks end.
  void stop();

 private:
  void on(SubmitRequest request, Responder respond);
  void on(CancelRequest request, Responder respond);
  void on(RerunRequest request, Responder respond);
  void on(GetRunRequest request, Responder respond);
  void on(ListRunsRequest request, Responder respond);
  void on(ListArtifactsRequest request, Responder respond);
  template <class ScheduleRequest>
  void on(ScheduleRequest request, Responder respond) {
    scheduler_.handle(std::move(request), std::move(respond));
  }
  void on(AcquireRequest request, Responder respond);
  void on(StartRequest request, Responder respond);
  void on(HeartbeatRequest request, Responder respond);
  void on(ReportRequest request, Responder respond);
  void on(CompleteRequest request, Responder respond);
  void on(CancelAckRequest request, Responder respond);
  void on(CheckpointRequest request, Responder respond);
  void on(AdminRequest request, Responder respond);
  void on(MetricsRequest request, Responder respond);
  void on(ListRunnersRequest request, Responder respond);
  /// Counts the answer on its way out.
  Responder counted(const Request& request, Responder respond);
  void submit(OperationKey key, SharedSpec spec, Responder respond);
  void commit_runner_message(Message message, ReplyMaker reply, Responder respond);

  OrchestratorContext context_;
  const Roles roles_;
  OutboxRelay relay_;
  Committer committer_;
  Dispatcher dispatcher_;
  Reconciler reconciler_;
  Reaper reaper_;
  Reader reader_;
  RunnerWatch runners_;
  Scheduler scheduler_;
  Observer observer_;
  Operators operators_;
};

}  // namespace delta
