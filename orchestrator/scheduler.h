// Fires schedules when they are due, and answers what clients ask about them.
#pragma once

#include <atomic>

#include "orchestrator/committer.h"
#include "orchestrator/connection.h"
#include "orchestrator/context.h"
#include "orchestrator/reader.h"

namespace delta {

/// Any number of orchestrators may fire: what a schedule does next is decided under its lock, and
/// what another decided first is refused. The loop begins when there is a schedule to look after.
class Scheduler {
 public:
  Scheduler(OrchestratorContext& context, Committer& committer, DispatchSink& sink, Reader& reader)
      : context_(context), committer_(committer), sink_(sink), reader_(reader) {}

  /// There are schedules. Any task; does not suspend.
  void watch();

  // Any task; do not suspend.
  void handle(CreateScheduleRequest request, Responder respond);
  void handle(ChangeScheduleRequest request, Responder respond);
  void handle(const GetScheduleRequest& request, Responder respond);
  void handle(const ListSchedulesRequest& request, Responder respond);

 private:
  void loop();
  /// How many schedules have fired; none: the database failed.
  std::optional<std::size_t> fire_due(Connection& connection);
  Work work_for(const Schedule& schedule, DbTime now);
  /// Commits one message about a schedule.
  void commit(OperationKey key, Message message, Responder respond);

  OrchestratorContext& context_;
  Committer& committer_;
  DispatchSink& sink_;
  Reader& reader_;
  std::atomic<bool> watching_ = false;
};

}  // namespace delta
