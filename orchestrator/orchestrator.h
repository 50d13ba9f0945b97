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

namespace delta {

class Orchestrator {
 public:
  /// `settings` must be sound: see problems().
  Orchestrator(OrchestratorPorts ports, const Settings& settings);

  /// Spawns the process's tasks. Does not suspend.
  void start();
  /// Any task; does not suspend. Nothing is acknowledged that is not committed.
  void handle(Request request, Responder respond);
  /// Graceful stop: refuses new work, answers what it has taken, then its tasks end.
  void stop();

 private:
  void on(SubmitRequest request, Responder respond);
  void on(CancelRequest request, Responder respond);
  void on(GetRunRequest request, Responder respond);
  void on(AcquireRequest request, Responder respond);
  void on(StartRequest request, Responder respond);
  void on(HeartbeatRequest request, Responder respond);
  void on(ReportRequest request, Responder respond);
  void on(CompleteRequest request, Responder respond);
  void on(CancelAckRequest request, Responder respond);
  void on(AdminRequest request, Responder respond);
  void on(MetricsRequest request, Responder respond);
  /// Counts the answer on its way out.
  Responder counted(const Request& request, Responder respond);
  void commit_runner_message(Message message, ReplyMaker reply, Responder respond);

  OrchestratorContext context_;
  OutboxRelay relay_;
  Committer committer_;
  Dispatcher dispatcher_;
  Reconciler reconciler_;
  Reaper reaper_;
  Reader reader_;
  RunnerWatch runners_;
  Observer observer_;
  Operators operators_;
};

}  // namespace delta
