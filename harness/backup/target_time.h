// The point in time of a restore.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/backup/problem.h"

namespace aftershock::backup {

struct TargetTime {
  std::int64_t seconds = 0;  ///< since 1970, rounded down
  std::string text;          ///< in UTC, as PostgreSQL and pgBackRest read it
};

/// 2026-01-31T12:34:56Z, with a blank for the T, fractions and an offset such as +01:00 if wanted.
/// Refused: anything else; a time without a zone could be another hour on another machine.
Result<TargetTime> parse_target_time(std::string_view text);

}  // namespace aftershock::backup
