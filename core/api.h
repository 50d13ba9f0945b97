// The requests and answers between clients, runners and the orchestrator. Adapters turn them into
// HTTP and JSON; the simulator carries them as they are.
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
/// Answered at once, without the database, also by an orchestrator that is stopping.
struct MetricsRequest {};

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

using Request =
    std::variant<SubmitRequest, CancelRequest, GetRunRequest, AcquireRequest, StartRequest,
                 HeartbeatRequest, ReportRequest, CompleteRequest, CancelAckRequest, AdminRequest,
                 MetricsRequest, RerunRequest, ListRunsRequest, ListArtifactsRequest>;

enum class Status : std::uint8_t {
  ok,
  refused,      ///< `reason` says why; repeating it will not help
  invalid,      ///< the request itself is wrong; `detail` says how
  key_reused,   ///< the operation key was used for something else
  unavailable,  ///< nothing was done; try again later
  unknown,      ///< it may have been done; ask again with the same operation key
};

struct SubmitReply {
  RunId run;
  ChainHead audit;  ///< of the run, right after: a witness keeps it
};
struct CancelReply {
  RunState state = RunState::queued;
};
struct Grant {
  AttemptRef ref;
  std::uint32_t epoch = 0;
  SharedSpec spec;
};
struct AcquireReply {
  std::vector<Grant> grants;
};
/// To a start or a report.
struct LeaseReply {
  Duration ttl{};  ///< the lease lives at least this long after the request was sent
};
struct LeaseStatus {
  AttemptId attempt;
  std::optional<Reason> refused;  ///< set: the lease is not, or no longer, yours
  bool cancel = false;            ///< stop the work and acknowledge
  Duration ttl{};                 ///< as in LeaseReply
};
struct HeartbeatReply {
  std::vector<LeaseStatus> leases;
};
struct JobView {
  JobState state = JobState::open;
  AttemptState attempt = AttemptState::waiting;
  AttemptId current;
  std::uint16_t attempts = 0;
};
struct RunView {
  RunId id;
  RunState state = RunState::queued;
  DbTime submitted_at{};
  DbTime finished_at = kNever;
  SharedSpec spec;
  std::vector<JobView> jobs;
};
struct RunSummary {
  RunId id;
  RunState state = RunState::queued;
  std::string name;
  DbTime submitted_at{};
  DbTime finished_at = kNever;
};
struct ListRunsReply {
  std::vector<RunSummary> runs;
};
/// What an attempt's accepted completion said that it left.
struct AttemptArtifacts {
  AttemptRef ref;
  std::vector<Artifact> artifacts;
};
struct ListArtifactsReply {
  std::vector<AttemptArtifacts> attempts;
};
struct MetricsReply {
  MetricsSnapshot snapshot;
};

struct AdminReply {
  std::uint32_t rows = 0;  ///< attempts that were enqueued again, or leases that were revoked
  bool more = false;       ///< there may be others: ask again, with another operation key
  std::uint64_t generation = 0;
  Policy policy;  ///< after it
};

using ReplyBody = std::variant<std::monostate, SubmitReply, CancelReply, AcquireReply, LeaseReply,
                               HeartbeatReply, RunView, AdminReply, ListRunsReply,
                               ListArtifactsReply, MetricsReply>;

struct Response {
  Status status = Status::ok;
  std::optional<Reason> reason;
  std::string detail;
  ReplyBody body;
};

/// Where an attempt's artifact is stored. The attempt's id is part of it, so that a zombie never
/// overwrites a successor's files.
std::string artifact_path(const AttemptRef& ref, const std::string& name);

/// What an operation key answers when it is used again: the same as the first time.
using StoredReply = Response;

/// Answers one request, exactly once, from any task. Does not suspend.
using Responder = std::function<void(Response)>;

}  // namespace delta
