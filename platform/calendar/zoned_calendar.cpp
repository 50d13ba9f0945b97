#include "platform/calendar/zoned_calendar.h"

#include <date/tz.h>

#include <sstream>
#include <stdexcept>
#include <variant>

#include "core/check.h"
#include "core/text.h"
#include "platform/calendar/cron.h"

namespace delta {

namespace {

using std::chrono::seconds;

template <class Unit>
using SysTime = date::sys_time<Unit>;

/// What schedules may mean: within what nanoseconds can count, with room to spare.
constexpr date::year kFirstYear{1970};
constexpr date::year kLastYear{2200};

/// "2026-12-01T08:00:00+01:00": the library reads shorter offsets too.
constexpr std::size_t kWithOffset = 25;

DbTime to_database(SysTime<seconds> time) { return DbTime(time.time_since_epoch()); }
SysTime<seconds> from_database(DbTime time) {
  return SysTime<seconds>(std::chrono::floor<seconds>(time.time_since_epoch()));
}

/// A time zone; UTC needs no database.
class Zone {
 public:
  /// Throws std::runtime_error when there is none of this name.
  explicit Zone(const std::string& name)
      : zone_(name == "UTC" ? nullptr : date::locate_zone(name)) {}

  date::local_seconds to_local(SysTime<seconds> time) const {
    if (zone_ == nullptr) return date::local_seconds(time.time_since_epoch());
    return zone_->to_local(time);
  }
  /// The end of the gap that it is in; the first of two moments.
  SysTime<seconds> to_sys(date::local_seconds time) const {
    if (zone_ == nullptr) return SysTime<seconds>(time.time_since_epoch());
    const date::local_info info = zone_->get_info(time);
    if (info.result == date::local_info::nonexistent) return info.first.end;
    return SysTime<seconds>(time.time_since_epoch() - info.first.offset);
  }

 private:
  const date::time_zone* zone_;
};

bool in_range(date::local_seconds time) {
  const date::year year = date::year_month_day{date::floor<date::days>(time)}.year();
  return year >= kFirstYear && year <= kLastYear;
}

/// The whole text in this form; none: it is not.
template <class Time>
std::optional<Time> read_time(const std::string& text, const char* form) {
  std::istringstream stream(text);
  Time time{};
  stream >> date::parse(form, time);
  if (stream.fail() || stream.peek() != std::istringstream::traits_type::eof()) {
    return std::nullopt;
  }
  return time;
}

std::optional<SysTime<seconds>> moment_of(const std::string& text, const Zone& zone) {
  if (const auto local = read_time<date::local_seconds>(text, "%FT%T")) {
    if (!in_range(*local)) return std::nullopt;
    return zone.to_sys(*local);
  }
  auto time = read_time<SysTime<seconds>>(text, "%FT%TZ");
  const bool has_offset = text.size() == kWithOffset && text[kWithOffset - 3] == ':';
  if (!time && has_offset) time = read_time<SysTime<seconds>>(text, "%FT%T%Ez");
  if (!time || !in_range(date::local_seconds(time->time_since_epoch()))) return std::nullopt;
  return time;
}

SysTime<seconds> next_by_cron(const Cron& cron, const Zone& zone, SysTime<seconds> after) {
  constexpr SysTime<seconds> never = SysTime<seconds>::max();
  auto local = date::floor<std::chrono::minutes>(zone.to_local(after));
  for (;;) {
    // Local times in their order happen in that order, or at once; those up to that of `after`
    // have happened.
    const auto next = cron.next(local);
    if (!next || !in_range(*next)) return never;
    const SysTime<seconds> time = zone.to_sys(*next);
    if (time > after) return time;
    local = *next;
  }
}

}  // namespace

std::string ZonedCalendar::problem(const ScheduleTiming& timing) const {
  if (timing.kind == ScheduleKind::interval) return {};
  try {
    const Zone zone(timing.zone);
    if (timing.kind == ScheduleKind::cron) {
      const auto cron = Cron::parse(timing.expression);
      return cron ? std::string() : cron.error();
    }
    if (moment_of(timing.expression, zone)) return {};
    return quote(timing.expression) +
           " is no moment: write 2026-12-01T08:00:00, or with an offset, Z or +01:00";
  } catch (const std::runtime_error&) {
    return "there is no time zone " + quote(timing.zone) + ": write a name such as Europe/Berlin";
  }
}

DbTime ZonedCalendar::next(const ScheduleTiming& timing, DbTime after) const {
  const Zone zone(timing.zone);
  if (timing.kind == ScheduleKind::once) {
    const DbTime moment = to_database(moment_of(timing.expression, zone).value());
    return moment > after ? moment : kNever;
  }
  CHECK(timing.kind == ScheduleKind::cron);
  const SysTime<seconds> time =
      next_by_cron(Cron::parse(timing.expression).value(), zone, from_database(after));
  return time == SysTime<seconds>::max() ? kNever : to_database(time);
}

}  // namespace delta
