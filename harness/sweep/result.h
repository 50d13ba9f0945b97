// What a sweep keeps of each drill, and its form as one line of JSON: the same line goes from a
// worker to its sweep and from there into the journal.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/sweep/plan.h"
#include "reports/report.h"
#include "reports/sweep_report.h"

namespace aftershock::sweep {

/// How a drill ended; `crash`: the worker died, or an error of ours ended the drill.
enum class Ending : std::uint8_t { pass, fail, inconclusive, crash };

struct DrillResult {
  DrillKey key;
  Ending ending = Ending::crash;
  std::string digest = {};
  std::uint64_t steps = 0;
  std::optional<SweepFigure> rta = {};  ///< the upper bound; none: not measured
  std::optional<delta::Duration> rpa = {};
  std::map<std::string, std::uint64_t, std::less<>> marks = {};  ///< those that were reached
  delta::Duration wall{};                                        ///< real time
  // Of what did not pass:
  std::string group = {};                ///< what it has in common with others that failed so
  std::string why = {};                  ///< in full
  std::vector<std::string> broken = {};  ///< invariants
};

/// The same drill once more, to compare digests.
struct Recheck {
  DrillKey key;
  std::string digest;  ///< of the first time
  std::string again;   ///< of the second; in brackets: how it ended instead
  delta::Duration wall{};
};

/// How a sweep ended, the worst last.
enum class SweepEnd : std::uint8_t { complete, budget, first_failure, interrupted };
std::string_view name_of(SweepEnd end);

/// The last line of a journal, unless its sweep was killed. A sweep that was resumed has several.
struct Ended {
  SweepEnd how = SweepEnd::complete;
  std::string host = {};
  std::uint32_t jobs = 1;
  delta::Duration wall{};
};

using Entry = std::variant<DrillResult, Recheck, Ended>;

/// What a sweep keeps of a report. `wall` is how long the drill took.
DrillResult result_of(DrillKey key, const DrillReport& report, delta::Duration wall);
/// A drill without a report.
DrillResult crashed(DrillKey key, std::string why, delta::Duration wall);

/// "RTA #, at most # allowed": without what differs from seed to seed, so that reasons can be
/// counted. Every word with a digit in it becomes #.
std::string without_figures(std::string_view reason);

/// One line, without its line break. Never more than kLongestLine.
std::string to_line(const Entry& entry);
inline constexpr std::size_t kLongestLine = 65'536;
/// The error says what is wrong with it.
std::expected<Entry, std::string> from_line(std::string_view line);

}  // namespace aftershock::sweep
