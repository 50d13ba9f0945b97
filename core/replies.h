// What an orchestrator answers.
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
  Checkpoint checkpoint = {};  ///< what to go on from
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
  AttemptId current;  ///< or the one that was asked for
  std::uint16_t attempts = 0;
  std::uint32_t steps_done = 0;  ///< by the last accepted checkpoint
  TokenHash lease = {};          ///< of that attempt; nil: it had none. Stays in the orchestrator
};
struct RunView {
  RunId id;
  RunState state = RunState::queued;
  DbTime submitted_at{};
  DbTime finished_at = kNever;
  SharedSpec spec;
  std::vector<JobView> jobs;
  ScheduleId schedule = {};  ///< that created it; nil: a client submitted it
  DbTime fire_at = kNever;   ///< of that schedule
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
/// One runner, as it has last told one orchestrator.
struct RunnerView {
  RunnerId runner;
  std::string name;    ///< what people call it; may be empty
  Duration seen{};     ///< so long ago
  bool waits = false;  ///< for work, just now
  std::uint32_t slots = 0;
  std::uint32_t busy_slots = 0;
  std::uint64_t finished = 0;  ///< jobs that it was done with, since its start
};
/// Those that were heard of within three heartbeats, or wait for work; by name, then by id.
struct ListRunnersReply {
  std::vector<RunnerView> runners;
};
struct MetricsReply {
  MetricsSnapshot snapshot;
};

struct ScheduleView {
  ScheduleState state = ScheduleState::active;
  SharedSchedule spec;
  DbTime created_at{};
  DbTime next_fire = kNever;
  std::uint64_t fires = 0;    ///< that had their run
  std::uint64_t skipped = 0;  ///< that did not, as its policy says
};
struct ListSchedulesReply {
  std::vector<ScheduleView> schedules;
};

struct AdminReply {
  std::uint32_t rows = 0;  ///< attempts that were enqueued again, or leases that were revoked
  bool more = false;       ///< there may be others: ask again, with another operation key
  std::uint64_t generation = 0;
  Policy policy;  ///< after it
};

using ReplyBody =
    std::variant<std::monostate, SubmitReply, CancelReply, AcquireReply, LeaseReply, HeartbeatReply,
                 RunView, AdminReply, ListRunsReply, ListArtifactsReply, ScheduleView,
                 ListSchedulesReply, ListRunnersReply, MetricsReply>;

struct Response {
  Status status = Status::ok;
  std::optional<Reason> reason;
  std::string detail;
  ReplyBody body;
};

}  // namespace delta
