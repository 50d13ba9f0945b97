// What the program's exit code says. With several drills the worst one counts, in the order
// internal error, usage, unavailable, aborted, failed, inconclusive, passed.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "reports/report.h"

namespace aftershock::cli {

enum class ExitCode : std::uint8_t {
  kPassed = 0,
  kFailed = 1,         ///< an objective or an invariant
  kInconclusive = 2,   ///< a fault did not bite, or a figure could not be measured
  kAborted = 3,        ///< interrupted, or something could not be written or checked to its end
  kUsage = 64,         ///< a bad command line, or a file named there that cannot be read or is not
                       ///< what it should be; nothing was run
  kUnavailable = 69,   ///< a program or server that is needed is not there
  kInternalError = 70  ///< a bug of this program
};

constexpr ExitCode code_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass: return ExitCode::kPassed;
    case Verdict::fail: return ExitCode::kFailed;
    case Verdict::inconclusive: return ExitCode::kInconclusive;
    case Verdict::aborted: break;
  }
  return ExitCode::kAborted;
}

constexpr ExitCode worse(ExitCode a, ExitCode b) {
  constexpr std::array worst_first{
      ExitCode::kInternalError, ExitCode::kUsage,        ExitCode::kUnavailable, ExitCode::kAborted,
      ExitCode::kFailed,        ExitCode::kInconclusive, ExitCode::kPassed};
  const auto rank = [&](ExitCode code) {
    return std::find(worst_first.begin(), worst_first.end(), code);
  };
  return rank(a) < rank(b) ? a : b;
}

}  // namespace aftershock::cli
