#include "harness/calendar/rhythm.h"

#include <date/date.h>

#include <sstream>

#include "core/check.h"

namespace aftershock::calendar {

using std::chrono::days;
using std::chrono::months;
using std::chrono::year_month;
using std::chrono::year_month_day;

namespace {

/// Months from one of its days to the next.
months step_of(Every every) {
  switch (every) {
    case Every::month: return months(1);
    case Every::quarter: return months(3);
    case Every::year: return months(12);
    case Every::week:
    case Every::incident: break;
  }
  CHECK(false);
}

/// The month of its day in the period that `today` lies in.
year_month first_month(Every every, Day today) {
  const year_month_day date(today);
  const auto month = static_cast<unsigned>(date.month()) - 1;
  const auto length = static_cast<unsigned>(step_of(every).count());
  return date.year() / std::chrono::month(month / length * length + 1);
}

Day day_in(const Rhythm& rhythm, year_month month) {
  return Day(month / std::chrono::weekday_indexed(rhythm.day, rhythm.nth));
}

}  // namespace

Day last_due(const Rhythm& rhythm, Day today) {
  if (rhythm.every == Every::week) return today - (std::chrono::weekday(today) - rhythm.day);
  const year_month month = first_month(rhythm.every, today);
  const Day due = day_in(rhythm, month);
  return due <= today ? due : day_in(rhythm, month - step_of(rhythm.every));
}

Day next_due(const Rhythm& rhythm, Day today) {
  if (rhythm.every == Every::week) return last_due(rhythm, today) + days(7);
  const year_month month = first_month(rhythm.every, today);
  const Day due = day_in(rhythm, month);
  return due > today ? due : day_in(rhythm, month + step_of(rhythm.every));
}

std::string date_text(Day day) { return date::format("%F", day); }

std::optional<Day> parse_date(const std::string& text) {
  Day day;
  std::istringstream stream(text);
  // The library takes less than two digits, too, and a sign.
  if (!(stream >> date::parse("%F", day)) || date_text(day) != text) return std::nullopt;
  return day;
}

}  // namespace aftershock::calendar
