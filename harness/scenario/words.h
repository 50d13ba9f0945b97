// The words of a scenario file that name one of a few choices, as enums with their spelling.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aftershock {

// Each enum is followed by its names in files, in the enum's order.

enum class Role : std::uint8_t {
  kOrchestrator,
  kRunner,
  kDatabase,  ///< the server that is the primary at first
  kQueue,
  kArtifacts,
  kSecrets,
  kStandby,       ///< the other servers of the database
  kQueueReplica,  ///< the other servers of the queue
};
inline constexpr std::array<std::string_view, 8> kRoleNames{
    "orchestrator", "runner",  "database", "queue",
    "artifacts",    "secrets", "standby",  "queue_replica"};
/// Of which a cluster may have several, by index.
constexpr bool has_several(Role role) {
  return role == Role::kOrchestrator || role == Role::kRunner || role == Role::kStandby ||
         role == Role::kQueueReplica;
}

/// Which processes of a role a fault hits. Indexes count from 0.
enum class TargetMode : std::uint8_t {
  kOne,           ///< one of them, drawn by the seed
  kAll,           ///< every one
  kFixed,         ///< `count` of them drawn by the seed, or exactly those listed in `fixed`
  kFixedPercent,  ///< `percent` of them, rounded up, drawn by the seed
  kRandom,        ///< from one to `percent` of them (rounded up); number and choice by the seed
};
inline constexpr std::array<std::string_view, 5> kTargetModeNames{"one", "all", "fixed",
                                                                  "fixed_percent", "random"};

/// When a process that ended is started again.
enum class RestartPolicy : std::uint8_t {
  kAlways,
  kOnFailure,  ///< not after a graceful stop
  kNever,
};
inline constexpr std::array<std::string_view, 3> kRestartPolicyNames{"always", "on_failure",
                                                                     "never"};

/// Whose flush a commit of the database waits for.
enum class Synchronous : std::uint8_t {
  kOff,
  kFirst,   ///< the first standbys that are connected
  kQuorum,  ///< any of them
};
inline constexpr std::array<std::string_view, 3> kSynchronousNames{"off", "first", "quorum"};

/// What a queue that ended still knows.
enum class Persistence : std::uint8_t {
  kNone,
  kSnapshot,    ///< what it held when it last wrote a snapshot
  kAppendOnly,  ///< all changes, as far as they were on the disk
};
inline constexpr std::array<std::string_view, 3> kPersistenceNames{"none", "snapshot",
                                                                   "append_only"};

/// When the changes that a queue has written are on its disk.
enum class Fsync : std::uint8_t {
  kAlways,  ///< before the answer
  kEverysec,
  kNever,  ///< when the operating system does it
};
inline constexpr std::array<std::string_view, 3> kFsyncNames{"always", "everysec", "never"};

/// The jobs of one run: one; three in a row; one, then two side by side, then one.
enum class JobShape : std::uint8_t { kSingle, kChain, kDiamond };
inline constexpr std::array<std::string_view, 3> kJobShapeNames{"single", "chain", "diamond"};

/// Who is at the other end of a partition: a role, or all but the targets.
inline constexpr std::array<std::string_view, 9> kPeersNames{
    "orchestrator", "runner",  "database",      "queue", "artifacts",
    "secrets",      "standby", "queue_replica", "rest"};
inline constexpr std::size_t kPeersRest = 8;

/// Which messages a partition loses, seen from the fault's targets.
enum class Direction : std::uint8_t {
  kBoth,
  kTo,    ///< only what the targets send
  kFrom,  ///< only what is sent to the targets
};
inline constexpr std::array<std::string_view, 3> kDirectionNames{"both", "to", "from"};

/// What counts as recovered; docs/MEASUREMENT.md defines each.
enum class RecoveredWhen : std::uint8_t { kService, kAffectedWork, kDrained };
inline constexpr std::array<std::string_view, 3> kRecoveredWhenNames{"service", "affected_work",
                                                                     "drained"};

/// What the recovery point is measured on: acknowledged writes that are gone, or the larger of that
/// and the work that had to be done again.
enum class MeasuredOn : std::uint8_t { kLoss, kProgress };
inline constexpr std::array<std::string_view, 2> kMeasuredOnNames{"loss", "progress"};

/// Where an objective's numbers come from: the source document, or our derivation.
enum class StatedBy : std::uint8_t { kDocument, kDerived };
inline constexpr std::array<std::string_view, 2> kStatedByNames{"document", "derived"};

/// Who carries out a step of the runbook.
enum class StepBy : std::uint8_t { kAutomation, kOperator };
inline constexpr std::array<std::string_view, 2> kStepByNames{"automation", "operator"};

/// What a nemesis leaves to be asked for afterwards.
enum class NemesisMode : std::uint8_t {
  kRecoverable,
  kSafetyOnly,  ///< only the rules that hold at any time
};
inline constexpr std::array<std::string_view, 2> kNemesisModeNames{"recoverable", "safety_only"};

/// Moments of the world that a fault may wait for.
enum class Barrier : std::uint8_t {
  kTransactionOpen,   ///< an orchestrator's transaction holds its locks; the answer is on its way
  kCommitDurable,     ///< a commit is durable, and its answer has not arrived yet
  kLeaseGranted,      ///< a runner was given a lease, and has not heard of it yet
  kAttemptStarting,   ///< the start of a lease was acknowledged
  kAttemptRunning,    ///< a job's command runs
  kAttemptUploading,  ///< its artifacts are uploaded
  kAttemptEnded,      ///< a completion was accepted, and its runner has not heard of it yet
  kCancelRequested,   ///< a live attempt is to be cancelled
  kLeaseExpired,      ///< a lease was lost: it ran out, or was revoked
};
inline constexpr std::array<std::string_view, 9> kBarrierNames{
    "transaction.open", "commit.durable",   "lease.granted",
    "attempt.starting", "attempt.running",  "attempt.uploading",
    "attempt.ended",    "cancel.requested", "lease.expired"};

constexpr std::string_view name_of(Role value) { return kRoleNames.at(std::size_t(value)); }
constexpr std::string_view name_of(TargetMode value) {
  return kTargetModeNames.at(std::size_t(value));
}
constexpr std::string_view name_of(RecoveredWhen value) {
  return kRecoveredWhenNames.at(std::size_t(value));
}
constexpr std::string_view name_of(MeasuredOn value) {
  return kMeasuredOnNames.at(std::size_t(value));
}
constexpr std::string_view name_of(StatedBy value) { return kStatedByNames.at(std::size_t(value)); }
constexpr std::string_view name_of(StepBy value) { return kStepByNames.at(std::size_t(value)); }
constexpr std::string_view name_of(Barrier value) { return kBarrierNames.at(std::size_t(value)); }

/// The safety and liveness rules that a drill is judged by (docs/MEASUREMENT.md).
inline constexpr std::array<std::string_view, 20> kInvariantNames{"one-live-lease",
                                                                  "fenced-completion",
                                                                  "terminal-is-final",
                                                                  "legal-transition",
                                                                  "attempts-bounded",
                                                                  "cancel-bounded",
                                                                  "acked-is-durable",
                                                                  "fail-closed",
                                                                  "one-effect-per-operation",
                                                                  "dependency-order",
                                                                  "roll-up",
                                                                  "audit-replays",
                                                                  "no-orphans",
                                                                  "wake-up",
                                                                  "fires-once",
                                                                  "checkpoint-monotonic",
                                                                  "artifacts-accounted",
                                                                  "one-primary",
                                                                  "secrets-unlogged",
                                                                  "recovers"};

}  // namespace aftershock
