// Where trouble begins: the same numbers for the alerts and the doctor.
#pragma once

#include "core/time.h"

namespace delta::doctor::limits {

using namespace std::chrono_literals;

/// A queued attempt that waited longer than this shows a queue or runners that do not keep up.
inline constexpr Duration kQueueAge = 2min;
/// Share of answers that say `unavailable` or `unknown`.
inline constexpr double kErrorShare = 0.1;
/// Share of rounds of the background loops that fail.
inline constexpr double kFailedRounds = 0.2;
/// How long a schedule's fire may be due. A later one is missed: `misfire_after`.
inline constexpr Duration kScheduleLag = 1min;
/// Leases that ended without an answer, as a share of those granted meanwhile.
inline constexpr double kExpiredShare = 0.2;
/// Runners that are left of those three minutes ago.
inline constexpr double kRunnersLeft = 0.8;
/// Share of artifacts that could not be stored.
inline constexpr double kMissingShare = 0.05;
/// Failed uploads, or fetches of secrets, a second: three a minute.
inline constexpr double kFailuresASecond = 0.05;
/// Completions a second that come too late: one a minute.
inline constexpr double kStaleASecond = 1.0 / 60;
/// How far the database's clock may move against another: the margin of a runner's own fence.
inline constexpr Duration kClockOffset = 10s;
/// Half of what a failover may lose.
inline constexpr Duration kReplicationLag = 15s;

}  // namespace delta::doctor::limits
