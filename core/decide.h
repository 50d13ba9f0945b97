// decide(): the one place where the rules of Delta CI's state machines live. Pure: no clock, no
// randomness, no I/O, never suspends.
#pragma once

#include <optional>
#include <vector>

#include "core/audit.h"

namespace delta {

/// "Attempt `attempt` waits to be leased, not before `due`": an entry for the outbox.
struct Dispatch {
  AttemptId attempt;
  DbTime due{};
};

/// What a message does. Refused: `refused` is set, and `rows` holds at most moved chain heads.
struct Decision {
  std::optional<Reason> refused;
  Rows rows;                        ///< new values of the rows that change
  std::optional<AuditEvent> event;  ///< none for a heartbeat or an unrecorded refusal
  std::vector<Dispatch> dispatches;

  bool accepted() const { return !refused.has_value(); }
};

/// What a transaction decides by that read the control row, and then the clock.
Context context_of(const Control& control, DbTime now, const Settings& settings);

/// Decides one message. `rows` must hold what footprint(message) names, locked, with `now` read
/// afterwards; rows that do not exist are simply absent.
Decision decide(const Rows& rows, const Envelope& envelope, const Context& context,
                const Settings& settings);

/// The reaper's rule about outages: what a sweep at `now` may do, and the shared row after it.
struct SweepPlan {
  bool may_expire = false;
  Control control;
};
SweepPlan plan_sweep(const Control& control, DbTime now, const Settings& settings);

/// The last sweep was so lately that another one would be for nothing. A sweep that seems to lie in
/// the future was before the clock went back: nobody knows when.
bool is_fresh(const Control& control, DbTime now, const Settings& settings);

/// The grace that messages are judged by: that of the row, or the one that the next sweep will
/// grant. A result that was finished during an outage must not be refused because it comes back
/// sooner than the reaper does.
DbTime grace_in_force(const Control& control, DbTime now, const Settings& settings);

/// After a sweep that was allowed to end leases and left no expired one behind, a later gap may be
/// granted grace again.
Control after_whole_sweep(const SweepPlan& plan);

}  // namespace delta
