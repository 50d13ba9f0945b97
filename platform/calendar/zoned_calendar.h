// When schedules fire, by the time zones of this machine.
#pragma once

#include "core/ports/calendar.h"

namespace delta {

/// Cron times are local times of the schedule's zone, to the minute. Where clocks change:
/// - A local time that is skipped happens once, right after the gap; several in one gap happen
///   once, together.
/// - A local time that comes twice happens once, the first time. What has to run through the hour
///   that is repeated as well takes an interval, or the zone UTC.
/// `once` is "2026-12-01T08:00:00", a local time of the zone by the same rules, or with its own
/// offset: "2026-12-01T08:00:00Z", "2026-12-01T08:00:00+01:00".
/// Zones are those of IANA's database, as this machine has it; UTC needs none.
class ZonedCalendar final : public Calendar {
 public:
  std::string problem(const ScheduleTiming& timing) const override;
  DbTime next(const ScheduleTiming& timing, DbTime after) const override;
};

}  // namespace delta
