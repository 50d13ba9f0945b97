// The committed rows of the simulated PostgreSQL, with the indexes that its reads use.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "core/ports/database.h"

namespace aftershock::sim {

using JobKey = std::pair<delta::RunId, std::uint32_t>;

/// What a reader sees that takes no locks. No row is ever deleted, but for outbox rows and for
/// operations past their time.
class Tables {
 public:
  const std::map<delta::RunId, delta::Run>& runs() const { return runs_; }
  const std::map<JobKey, delta::Job>& jobs() const { return jobs_; }
  const std::map<delta::AttemptId, delta::Attempt>& attempts() const { return attempts_; }
  const std::map<delta::OperationId, delta::StoredOperation>& operations() const {
    return operations_;
  }
  const std::vector<delta::AuditEvent>& audit() const { return audit_; }  ///< by serial
  const std::map<std::uint64_t, delta::OutboxRow>& outbox() const { return outbox_; }
  const std::map<delta::ScheduleId, delta::Schedule>& schedules() const { return schedules_; }
  const delta::Control& control() const { return control_; }

  /// Null when there is no such row.
  const delta::Run* run(delta::RunId id) const;
  const delta::Job* job(delta::RunId run, std::uint32_t index) const;
  const delta::Attempt* attempt(delta::AttemptId id) const;
  const delta::Schedule* schedule(delta::ScheduleId id) const;
  const delta::StoredOperation* operation(delta::OperationId id) const;
  /// A run with this schedule and this fire, which are unique together.
  bool has_fired(delta::ScheduleId id, delta::DbTime fire_at) const {
    return fires_.contains({id, fire_at});
  }
  /// A copy of every run, job, attempt and schedule, and of the control row.
  delta::Rows rows() const;

  /// One statement of the port, as of `now`.
  delta::Found find(const delta::FindRequest& request, delta::DbTime now) const;

  // Each inserts the row or replaces the one with its key.
  void put(delta::Run row);
  void put(const delta::Job& row);
  void put(delta::Attempt row);
  void put(delta::Schedule row);
  void put(delta::StoredOperation row);
  void put(const delta::OutboxRow& row) { outbox_.insert_or_assign(row.serial, row); }
  void put(const delta::Control& row) { control_ = row; }
  void append(delta::AuditEvent event);
  void delete_outbox(std::uint64_t serial) { outbox_.erase(serial); }
  void delete_operation(delta::OperationId id);
  /// The oldest operations that were stored by `until`, at most `limit`.
  std::vector<delta::OperationId> operations_until(delta::DbTime until, std::uint32_t limit) const;

 private:
  template <class RowId>
  using ByTime = std::set<std::pair<delta::DbTime, RowId>>;

  delta::Found find_due(std::uint32_t limit, delta::DbTime now) const;
  std::vector<delta::AttemptId> find_queued(delta::DbTime until, std::uint32_t limit) const;
  std::vector<delta::OutboxRow> find_outbox(delta::DbTime until, std::uint32_t limit) const;
  std::vector<delta::AttemptRef> find_live(const delta::FindLive& request) const;
  delta::Load find_load(delta::DbTime now) const;
  std::optional<delta::RunView> find_run(const delta::FindRun& request) const;
  std::vector<delta::RunSummary> find_runs(const delta::FindRuns& request) const;
  std::vector<delta::AttemptArtifacts> find_artifacts(delta::RunId id) const;

  void find_schedules(const delta::FindRequest& request, delta::DbTime now,
                      delta::Found& found) const;

  std::map<delta::RunId, delta::Run> runs_;
  std::map<JobKey, delta::Job> jobs_;
  std::map<delta::AttemptId, delta::Attempt> attempts_;
  std::map<delta::ScheduleId, delta::Schedule> schedules_;
  std::map<delta::OperationId, delta::StoredOperation> operations_;
  std::vector<delta::AuditEvent> audit_;
  std::map<std::uint64_t, delta::OutboxRow> outbox_;
  delta::Control control_;

  // Terminal rows are in none of these, so that no read ever passes over them.
  ByTime<delta::AttemptId> due_;     ///< by the first of its times that may end it
  ByTime<delta::AttemptId> queued_;  ///< by available_at
  ByTime<delta::RunId> deadlines_;
  ByTime<delta::ScheduleId> next_fires_;
  std::set<std::pair<std::uint64_t, delta::AttemptId>> live_;    ///< held, by generation
  std::set<std::pair<delta::RunnerId, delta::AttemptId>> held_;  ///< the same, by runner
  std::set<std::pair<delta::ScheduleId, delta::DbTime>> fires_;  ///< of all runs that have one
  ByTime<delta::OperationId> stored_;                            ///< operations
};

}  // namespace aftershock::sim
