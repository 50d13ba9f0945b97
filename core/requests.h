// What clients, runners and operators ask of an orchestrator.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/audit.h"
#include "core/metrics.h"

namespace delta {

/// A lease as its holder knows it. The token is a secret.
struct Lease {
  AttemptRef ref;
  std::uint32_t epoch = 0;
  Token token;
};

struct SubmitRequest {
  OperationId operation;
  SharedSpec spec;
};
struct CancelRequest {
  OperationId operation;
  RunId run;
};
/// A new run of the same specification.
struct RerunRequest {
  OperationId operation;
  RunId run;
};
struct GetRunRequest {
  RunId run;
  AttemptId attempt = {};  ///< shown in place of its job's current one; nil: none
};
/// Newest first.
struct ListRunsRequest {
  std::optional<RunState> state = {};
  RunId after = {};  ///< the last of the page before this one; nil: from the newest
  std::uint32_t limit = 50;
};
struct ListArtifactsRequest {
  RunId run;
};
/// What a runner tells about itself when it asks for work or renews its leases.
struct RunnerStatistics {
  std::uint32_t slots = 0;
  std::uint32_t busy_slots = 0;       ///< of them hold a lease
  std::uint64_t upload_failures = 0;  ///< since its start: tries to store an artifact
  std::uint64_t secret_failures = 0;  ///< since its start: tries to fetch a secret
  std::uint64_t finished = 0;         ///< since its start: jobs that it was done with
  std::string name = {};              ///< what people call it, such as its host; may be empty

  friend bool operator==(const RunnerStatistics&, const RunnerStatistics&) = default;
};
struct AcquireRequest {
  OperationId operation;
  RunnerId runner;
  Token token;              ///< chosen by the runner, for every lease of this answer
  std::uint32_t slots = 1;  ///< most leases wanted
  Duration wait = 0s;       ///< long poll: answer empty after this
  RunnerStatistics statistics = {};
};
struct StartRequest {
  Lease lease;
};
struct HeartbeatRequest {
  RunnerId runner;
  std::vector<Lease> leases;
  RunnerStatistics statistics = {};
};
struct ReportRequest {
  Lease lease;
  AttemptState phase = AttemptState::running;
};
struct CompleteRequest {
  Lease lease;
  bool succeeded = false;
  FailureClass failure = FailureClass::user;
  std::vector<Artifact> artifacts;
};
struct CancelAckRequest {
  Lease lease;
};
/// Of a step that has ended, while the next one runs. May be repeated; the newest is enough.
struct CheckpointRequest {
  Lease lease;
  Checkpoint checkpoint;
};
/// Answered at once, without the database, also by an orchestrator that is stopping.
struct MetricsRequest {};
/// Which runners this orchestrator hears of. Answered at once, without the database.
struct ListRunnersRequest {};

// What an operator may do while the system runs. Limits: 0 is none.
struct PauseIngestion {};
struct ResumeIngestion {};
struct SetLeaseTtl {
  Duration ttl{};
  Duration for_how_long{};
};
struct LimitConcurrency {
  std::uint32_t most = 0;  ///< leases at once; soft, by one batch of grants an orchestrator
};
struct LimitSubmissions {
  std::uint32_t per_minute = 0;  ///< and orchestrator; soft: each counts for itself, in memory
};
struct ReenqueueWork {
  AttemptId attempt;  ///< nil: all that is queued and available
};
struct RevokeLeases {
  AttemptRef attempt;  ///< nil: ...
  RunnerId runner;     ///< ... all leases of this runner; nil too: all leases
};
/// No lease from before is good any more: after a restore, or a promotion that lost commits.
struct BeginGeneration {};

using AdminAction = std::variant<PauseIngestion, ResumeIngestion, SetLeaseTtl, LimitConcurrency,
                                 LimitSubmissions, ReenqueueWork, RevokeLeases, BeginGeneration>;

struct AdminRequest {
  OperationId operation;
  std::string who;  ///< the operator's name, for the audit log: see is_operator_name()
  AdminAction action;
};

struct CreateScheduleRequest {
  OperationId operation;
  SharedSchedule spec;
};
/// Pauses, resumes or deletes it.
struct ChangeScheduleRequest {
  OperationId operation;
  std::string name;
  ScheduleState to = ScheduleState::paused;  ///< active: resume
};
struct GetScheduleRequest {
  std::string name;
};
/// By name, without those that were deleted.
struct ListSchedulesRequest {
  std::string after;  ///< the last of the page before this one; empty: from the first
  std::uint32_t limit = 50;
};

using Request =
    std::variant<SubmitRequest, CancelRequest, GetRunRequest, AcquireRequest, StartRequest,
                 HeartbeatRequest, ReportRequest, CompleteRequest, CancelAckRequest, AdminRequest,
                 MetricsRequest, RerunRequest, ListRunsRequest, ListArtifactsRequest,
                 CheckpointRequest, CreateScheduleRequest, ChangeScheduleRequest,
                 GetScheduleRequest, ListSchedulesRequest, ListRunnersRequest>;

}  // namespace delta
