// What of a plan is due, judged by a history.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/calendar/history.h"
#include "harness/calendar/plan.h"

namespace aftershock::calendar {

enum class State : std::uint8_t {
  done,     ///< since it was last due
  waiting,  ///< it has no incident to follow
  due,
  failed,  ///< it was held since it was last due, and a drill did not pass
  overdue  ///< it was not held the time before, either; or its time after an incident is over
};
std::string_view name_of(State state);

struct Status {
  State state = State::due;
  std::optional<Day> since;  ///< the day from which it is or was due; none: waiting
  std::optional<Day> next;   ///< when it is due next; none after incidents
  std::optional<Day> held;   ///< when all of it was last held; none: never
  /// Of its scenarios: those that were not run since it is due, and those that did not pass then.
  std::vector<std::string> missing;
  std::vector<std::string> failing;
};

/// `scenarios`: the names of those that the exercise runs; empty when people do it.
Status status_of(const Exercise& exercise, const std::vector<std::string>& scenarios,
                 const History& history, Day today);

}  // namespace aftershock::calendar
