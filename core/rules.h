// One function a message; decide() dispatches to them. Each either refuses or returns what changes.
#pragma once

#include "core/draft.h"

namespace delta::rules {

// About a whole run (rules_run.cpp)
Decision apply(Draft& draft, const Submit& message);
Decision apply(Draft& draft, const Cancel& message);
Decision apply(Draft& draft, const RunTimeOut& message);

// From the holder of a lease, or one who wants it (rules_lease.cpp)
Decision apply(Draft& draft, const Acquire& message);
Decision apply(Draft& draft, const Start& message);
Decision apply(Draft& draft, const Heartbeat& message);
Decision apply(Draft& draft, const Report& message);
Decision apply(Draft& draft, const Complete& message);
Decision apply(Draft& draft, const CancelAck& message);
/// (rules_checkpoint.cpp)
Decision apply(Draft& draft, const SaveCheckpoint& message);

// From background work that found a deadline passed, or an operator (rules_deadline.cpp)
Decision apply(Draft& draft, const Expire& message);
Decision apply(Draft& draft, const Revoke& message);
Decision apply(Draft& draft, const ForceCancel& message);
Decision apply(Draft& draft, const TimeOut& message);

// From an operator (rules_operator.cpp)
Decision apply(Draft& draft, const Reenqueue& message);
Decision apply(Draft& draft, const SetPolicy& message);
Decision apply(Draft& draft, const RaiseGeneration& message);

// About a schedule (rules_schedule.cpp)
Decision apply(Draft& draft, const CreateSchedule& message);
Decision apply(Draft& draft, const ChangeSchedule& message);
Decision apply(Draft& draft, const Fire& message);

/// A run of this specification begins now, with its jobs. `run`: what else its row says.
void create_run(Draft& draft, Run run);

/// The fence: these credentials name the attempt's present lease, and it has not ended. Every
/// message of a runner passes here under the lock; the database checks it again in its predicate.
std::optional<Reason> fence(const Attempt* attempt, const Credentials& lease,
                            const Context& context);

/// The end of a lease that is renewed. Its holder may not have heard of an earlier promise being
/// taken back, so a TTL that was lowered shortens no lease. An end that no TTL explains was set
/// before the database's clock went back.
DbTime renewed_end(const Attempt& attempt, const Context& context);

/// Ends a live attempt and its lease; job, dependents and run follow in the same decision.
Decision finish(Draft& draft, const Attempt& live, AttemptState to, LeaseEnd end,
                FailureClass failure);

}  // namespace delta::rules
