// Coverage marks: rare paths that a drill may claim to take. Counted from commits and answers
// alone, so that the code which takes them knows nothing of it.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "core/api.h"
#include "simulator/world/database_server.h"

namespace aftershock {

enum class Mark : std::uint8_t {
  kLeaseExpired,
  kLeaseLostBeforeStart,
  kLeaseLostWhileRunning,
  kLeaseLostWhileUploading,
  kRetriedAfterLoss,
  kRetriedAfterFailure,
  kLateCompletionRefused,
  kStaleMessageRefused,
  kForcedCancel,
  kCancelAcknowledged,
  kGraceGranted,
  kLeaseRevoked,
  kGenerationRaised,
  kPolicyChanged,
  kReenqueued,
  kAttemptTimedOut,
  kRunTimedOut,
  kArtifactMissing,
  kCheckpointAccepted,
  kCheckpointRefused,
  kResumedFromCheckpoint,
  kRestartedWithoutCheckpoint,
  kFiresMadeUp,
  kFireSkipped,
};

struct MarkInfo {
  std::string_view name;
  std::string_view description;  ///< one sentence
};
inline constexpr std::size_t kMarks = static_cast<std::size_t>(Mark::kFireSkipped) + 1;
/// In the order of the enum.
const std::array<MarkInfo, kMarks>& mark_catalogue();

/// Counts them over one drill.
class MarkCounter {
 public:
  void on_commit(const sim::CommitView& commit);
  /// The tables went back in time; a restore raises their generation.
  void on_rewind(const sim::Tables& tables);
  void on_answer(const delta::Request& request, const delta::Response& response);
  std::uint64_t count(Mark mark) const { return counts_.at(static_cast<std::size_t>(mark)); }

 private:
  void hit(Mark mark) { ++counts_.at(static_cast<std::size_t>(mark)); }
  void on_event(const delta::AuditEvent& event);
  void note_generation(std::uint64_t generation);

  std::array<std::uint64_t, kMarks> counts_{};
  delta::DbTime grace_until_{};
  std::uint64_t generation_ = 1;
};

}  // namespace aftershock
