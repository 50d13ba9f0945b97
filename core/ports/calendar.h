// Knows when schedules fire: calendars and time zones, which change, and are no part of the rules.
#pragma once

#include <string>

#include "core/schedule_spec.h"

namespace delta {

/// Thread: any. Never suspends.
class Calendar {
 public:
  virtual ~Calendar() = default;
  /// Why it cannot say when this fires, in a sentence; empty when it can.
  virtual std::string problem(const ScheduleTiming& timing) const = 0;
  /// The first fire after that time, kNever when there is none. `timing` has no problem, and is no
  /// interval: that is counted from its last fire.
  virtual DbTime next(const ScheduleTiming& timing, DbTime after) const = 0;
};

/// The same of all kinds, of a schedule that fires at `fire`, or begins then.
inline DbTime next_fire(const Calendar& calendar, const ScheduleTiming& timing, DbTime fire) {
  if (timing.kind == ScheduleKind::interval) return fire + period_of(timing);
  return calendar.next(timing, fire);
}

}  // namespace delta
