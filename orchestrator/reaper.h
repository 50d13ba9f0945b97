// Background work on deadlines: ends leases, forces cancellations, times attempts and runs out,
// deletes operations that nobody can ask for any more.
#pragma once

#include "core/clock_offset.h"
#include "orchestrator/committer.h"
#include "orchestrator/connection.h"
#include "orchestrator/context.h"

namespace delta {

/// Every orchestrator may run one; a sweep that another just made is not repeated.
class Reaper {
 public:
  Reaper(OrchestratorContext& context, DispatchSink& sink);

  void start();

 private:
  void sweep_loop();
  void purge_loop();
  void sweep(Connection& connection);
  /// Takes this sweep's turn and says what it may do; none: not our turn, or no database.
  std::optional<SweepPlan> begin_sweep(Connection& connection);
  bool store(Connection& connection, const Control& control);
  /// Ends what is due; the number of leases found at their end, none if the database failed.
  std::optional<std::size_t> end_due(Connection& connection, bool may_expire);
  Work work_for(const DueItem& item);

  OrchestratorContext& context_;
  DispatchSink& sink_;
  ClockOffset database_clock_;  ///< each sweep reads it
};

}  // namespace delta
