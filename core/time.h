// Time. Durations are integer nanoseconds. Each clock has its own time_point type, so that a
// runner's clock can never be compared with the database's by accident.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "core/text.h"

namespace delta {

using Duration = std::chrono::nanoseconds;
using namespace std::chrono_literals;

/// The database's clock: the only clock that decides about leases and deadlines.
/// It has no now(): a value of it is read under row locks, by Database::open().
struct DatabaseClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<DatabaseClock, duration>;
  static constexpr bool is_steady = false;
};
using DbTime = DatabaseClock::time_point;

/// One process's monotonic clock. Values of two processes must not be compared.
struct MonotonicClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<MonotonicClock, duration>;
  static constexpr bool is_steady = true;
};
using MonoTime = MonotonicClock::time_point;

/// "not set" for a deadline of a row.
inline constexpr DbTime kNever = DbTime::max();
/// "no deadline" for a wait.
inline constexpr MonoTime kNoDeadline = MonoTime::max();

/// The longest that people may write.
inline constexpr Duration kLongestDuration = std::chrono::hours(24 * 365);
/// "90s", "1m30s", "1.5s": units d h m s ms us ns, large to small, each once. At most 365d.
std::expected<Duration, ValueError> parse_duration(std::string_view text);
/// "1m30s", "250ms", "0s": the form that scenario files use, exact to the nanosecond.
std::string format_duration(Duration duration);
/// "12.345s": seconds with milliseconds, for tables and traces.
std::string format_seconds(Duration duration);

}  // namespace delta
