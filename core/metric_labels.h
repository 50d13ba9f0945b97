// What the labels and the buckets of metrics may be: fixed, so that the series are.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "core/time.h"

namespace delta {

// Values of labels that are not the names of an enum from elsewhere.
/// What became of a commit whose outcome was unknown.
enum class Doubt : std::uint8_t { found, redone, unresolved };
enum class BackgroundJob : std::uint8_t { sweep, reconcile, adopt, observe, schedule };
enum class JobResult : std::uint8_t { ok, failed };

namespace labels {
inline constexpr std::array<std::string_view, 7> run_states{
    "queued", "running", "cancel_requested", "succeeded", "failed", "timed_out", "cancelled"};
inline constexpr std::array<std::string_view, 6> job_states{"open",      "succeeded", "failed",
                                                            "timed_out", "cancelled", "skipped"};
inline constexpr std::array<std::string_view, 7> lease_states{
    "none", "granted", "active", "completed", "cancelled", "expired", "revoked"};
inline constexpr std::array<std::string_view, 5> lease_messages{"start", "heartbeat", "report",
                                                                "complete", "cancel_ack"};
inline constexpr std::array<std::string_view, 4> stale_reasons{"not_found", "stale", "lease_over",
                                                               "wrong_state"};
inline constexpr std::array<std::string_view, 4> failures{"infrastructure", "user", "lost",
                                                          "timeout"};
inline constexpr std::array<std::string_view, 2> artifact_states{"stored", "missing"};
inline constexpr std::array<std::string_view, 5> outcomes{"committed", "unavailable", "conflict",
                                                          "rejected", "unknown"};
inline constexpr std::array<std::string_view, 3> doubts{"found", "redone", "unresolved"};
inline constexpr std::array<std::string_view, 6> statuses{"ok",         "refused",     "invalid",
                                                          "key_reused", "unavailable", "unknown"};
inline constexpr std::array<std::string_view, 5> background_jobs{"sweep", "reconcile", "adopt",
                                                                 "observe", "schedule"};
inline constexpr std::array<std::string_view, 2> results{"ok", "failed"};
/// What SQL calls the kinds of Conflict.
inline constexpr std::array<std::string_view, 4> sqlstates{"40001", "40P01", "55P03", "57014"};
}  // namespace labels

/// Upper bounds of the buckets of histograms; beyond the last one is +Inf.
namespace bounds {
inline constexpr std::array<Duration, 12> calls{1ms,   2500us, 5ms,   10ms, 25ms,   50ms,
                                                100ms, 250ms,  500ms, 1s,   2500ms, 5s};
inline constexpr std::array<Duration, 14> waits{10ms,   25ms, 50ms, 100ms, 250ms, 500ms, 1s,
                                                2500ms, 5s,   10s,  30s,   1min,  5min,  30min};
inline constexpr std::array<Duration, 11> leases{1s,   5s,  10s,  20s,  30s,  45s,
                                                 1min, 80s, 100s, 2min, 10min};
inline constexpr std::array<Duration, 14> jobs{1s,    5s,    15s,   30s, 1min, 2min, 5min,
                                               10min, 20min, 40min, 1h,  2h,   6h,   24h};
}  // namespace bounds

}  // namespace delta
