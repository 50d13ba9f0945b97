// What was drilled when: a file of one line of JSON for each drill, exercise and incident. Lines
// are only appended, so that the histories of several machines merge by concatenation.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/calendar/rhythm.h"
#include "reports/report.h"

namespace aftershock::calendar {

enum class Event : std::uint8_t {
  drill,     ///< a scenario was run
  exercise,  ///< people did what the plan asks them for
  incident
};

struct HistoryEntry {
  std::chrono::sys_seconds when{};
  Event event = Event::drill;
  std::string name = {};     ///< of the scenario, or the exercise; empty: an incident
  std::string verdict = {};  ///< of a drill
  std::string world = {};    ///< of a drill
  std::uint64_t seed = 0;    ///< of a drill
  std::string note = {};     ///< of people
};

using History = std::vector<HistoryEntry>;

/// A drill that was just run.
HistoryEntry entry_of(const DrillReport& drill, std::chrono::sys_seconds when);

/// All entries, in the order of the file; none when there is no such file. The error names the
/// line that is wrong. A last line that was not finished is left out.
std::expected<History, std::string> read_history(const std::string& path);

/// Appends the entries with one write, and waits for the disk. The error says why it cannot.
std::expected<void, std::string> append_history(const std::string& path, const History& entries);

struct LastDrill {
  std::optional<HistoryEntry> drilled;
  std::optional<HistoryEntry> passed;
};
/// By scenario.
std::map<std::string, LastDrill> last_drills(const History& history);

/// "2026-11-28T09:00:00Z".
std::string time_text(std::chrono::sys_seconds time);

}  // namespace aftershock::calendar
