// The messages that may change state. Each is decided by decide() under the locks it names.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/rows.h"

namespace delta {

/// What a runner shows to prove that it holds the lease.
struct Credentials {
  AttemptRef ref;
  std::uint32_t epoch = 0;
  TokenHash token_hash;
};

enum class ArtifactState : std::uint8_t { stored, missing };

struct Artifact {
  std::string name;
  ArtifactState state = ArtifactState::stored;
  std::uint64_t digest = 0;  ///< of the contents; 0 when missing
};

struct Submit {
  RunId run;
  SharedSpec spec;
};
struct Cancel {
  RunId run;
};
struct Acquire {
  AttemptId attempt;
  RunnerId runner;
  TokenHash token_hash;
};
/// The runner acknowledges its lease and begins to prepare the job.
struct Start {
  Credentials lease;
};
struct Heartbeat {
  Credentials lease;
};
/// The runner reached the next phase: running or uploading.
struct Report {
  Credentials lease;
  AttemptState phase = AttemptState::running;
};
struct Complete {
  Credentials lease;
  bool succeeded = false;
  FailureClass failure = FailureClass::user;  ///< when not succeeded
  std::vector<Artifact> artifacts;
};
struct CancelAck {
  Credentials lease;
};
/// The reaper found the lease at its end.
struct Expire {
  AttemptRef ref;
};
/// An operator takes the lease away, or the reaper that of an older generation.
struct Revoke {
  AttemptRef ref;
  std::string who = {};  ///< the operator's name, for auditors
};
/// The canceller found the deadline of a cancellation passed.
struct ForceCancel {
  AttemptRef ref;
};
/// The attempt's own deadline, or that of its wait in the queue, passed.
struct TimeOut {
  AttemptRef ref;
};
struct RunTimeOut {
  RunId run;
};
/// An operator has a queued attempt sent to the queue again, which may have lost it.
struct Reenqueue {
  AttemptId attempt;
  std::string who = {};
};
/// An operator changes what the control row allows.
struct SetPolicy {
  PolicyChange change;
  std::string who = {};
};
/// A restore, or a promotion that lost commits: no lease from before it is good any more.
struct RaiseGeneration {
  std::string who = {};
  std::uint64_t above = 0;  ///< a generation that was used in a history that is given up
};

/// The runner ended a step, and goes on with the next.
struct SaveCheckpoint {
  Credentials lease;
  Checkpoint checkpoint;
};

/// A client's schedule begins. Its first fire comes from a Calendar, which a replay must not need;
/// that of an interval follows from the time.
struct CreateSchedule {
  ScheduleId schedule;
  SharedSchedule spec;
  DbTime first = kNever;
};
/// A client pauses, resumes or deletes a schedule.
struct ChangeSchedule {
  ScheduleId schedule;
  ScheduleState to = ScheduleState::paused;
  DbTime next = kNever;  ///< after which it goes on, as in CreateSchedule
};
/// The scheduler found a schedule due, and asked a Calendar what that means.
struct Fire {
  ScheduleId schedule;
  std::uint64_t older = 0;       ///< due fires before those
  std::vector<DbTime> due = {};  ///< the newest due fires, in order
  DbTime next = kNever;          ///< the first one after them
};
inline constexpr std::size_t kMostDueFires = 1'000;  ///< in one message

using Message = std::variant<Submit, Cancel, Acquire, Start, Heartbeat, Report, Complete, CancelAck,
                             Expire, Revoke, ForceCancel, TimeOut, RunTimeOut, Reenqueue, SetPolicy,
                             RaiseGeneration, SaveCheckpoint, CreateSchedule, ChangeSchedule, Fire>;

/// In the order of the alternatives.
inline constexpr std::array<std::string_view, std::variant_size_v<Message>> kMessageNames{
    "submit",           "cancel",     "acquire",         "start",           "heartbeat",
    "report",           "complete",   "cancel_ack",      "expire",          "revoke",
    "force_cancel",     "time_out",   "run_time_out",    "reenqueue",       "set_policy",
    "raise_generation", "checkpoint", "create_schedule", "change_schedule", "fire"};

enum class ActorKind : std::uint8_t { client, runner, orchestrator, operator_ };

/// Who sent the message; for the audit log.
struct Actor {
  ActorKind kind = ActorKind::client;
  std::uint64_t id = 0;
};

/// 128 random bits from which decide() derives the ids of the rows that it creates.
struct Nonce {
  std::uint64_t hi = 0;
  std::uint64_t lo = 0;
};

struct Envelope {
  Message message;
  Actor actor;
  Nonce nonce;
};

std::string_view name_of(const Message& message);
std::string_view name_of(ActorKind actor);

/// The rows that a message needs locked. Acquire and heartbeat lock the attempt alone; a start
/// locks its run too; whatever ends an attempt locks the job with all that depends on it. Messages
/// about the control row or a schedule lock that row and no other.
enum class Scope : std::uint8_t { nothing, attempt, attempt_and_run, job, run, control, schedule };

struct Footprint {
  Scope scope = Scope::nothing;
  AttemptRef ref;  ///< only the parts that `scope` needs are set
  ScheduleId schedule = {};
};
Footprint footprint(const Message& message);

}  // namespace delta
