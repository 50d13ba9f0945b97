// Audit events. One message that changes state writes one event, hash-chained per attempt (per run
// for messages about a whole run, in the control row or a schedule for those about it); the head of
// an attempt's chain enters its run's when the attempt ends.
#pragma once

#include <optional>
#include <string_view>

#include "core/messages.h"
#include "core/settings.h"

namespace delta {

/// Why decide() refused a message.
enum class Reason : std::uint8_t {
  not_found,      ///< no such run or attempt, or not all of its rows could be locked
  already_done,   ///< a repetition of what was accepted: the sender may take it as success
  stale,          ///< other credentials than the lease's: somebody else's, or none
  lease_over,     ///< the lease has ended
  wrong_state,    ///< the table has no such edge
  not_due,        ///< the deadline has not passed, or has moved
  not_available,  ///< not queued, or not before its time
  paused,         ///< an operator has paused ingestion
  unsound,        ///< a policy that problems() objects to, or a schedule that cannot be
  malformed,      ///< a checkpoint that is_sound() objects to
  taken,          ///< another schedule has the name
};
std::string_view name_of(Reason reason);

/// What decide() looks at besides the rows. Stored with the event, so that a replay sees the same.
struct Context {
  DbTime now{};  ///< read after the locks were held
  DbTime grace_until{};
  std::uint64_t generation = 1;
  Duration lease_ttl = Settings{}.lease_ttl;      ///< that a renewal gives
  Duration longest_lease = Settings{}.lease_ttl;  ///< that any live lease may have been given
  bool ingesting = true;
};

struct AuditEvent {
  std::uint64_t serial = 0;  ///< given by the database at insertion: a valid replay order
  RunId run;
  AttemptId attempt;         ///< nil: the event is in the run's own chain
  ScheduleId schedule;       ///< whose chain it is in; all nil: the control row's
  std::uint32_t number = 0;  ///< 1, 2, ... in its chain
  Envelope what;
  Context context;
  DbTime lease_expires_at = kNever;  ///< sums up the heartbeats since the chain's last event
  std::uint8_t from = 0;  ///< AttemptState; RunState or ScheduleState in its chain; else 0
  std::uint8_t to = 0;
  std::optional<Reason> refused;  ///< set: nothing changed, a late message is on record
  Digest previous{};
  Digest digest{};
};

/// Sets number, previous and digest from the chain's head, and moves the head.
void append_to_chain(ChainHead& head, AuditEvent& event);

/// Recomputes the digest of the event as it stands.
Digest digest_of(const AuditEvent& event);

/// Equal for equal specifications only: what an operation key of a submission stands for.
std::uint64_t fingerprint(const RunSpec& spec);
/// The same of schedules.
std::uint64_t fingerprint(const ScheduleSpec& spec);

/// Enters an attempt's head into its run's chain.
void enter_head(ChainHead& run, const ChainHead& attempt);

}  // namespace delta
