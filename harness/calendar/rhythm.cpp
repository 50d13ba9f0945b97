#include "harness/calendar/rhythm.h"

#include <array>
#include <charconv>

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

/// Digits alone: no sign, no blank.
template <class Number>
bool read_digits(const std::string& text, std::size_t from, std::size_t count, Number& into) {
  const char* begin = text.data() + from;
  const auto [end, error] = std::from_chars(begin, begin + count, into);
  return error == std::errc() && end == begin + count && *begin != '-';
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

std::string date_text(Day day) {
  const year_month_day date(day);
  const auto padded = [](unsigned value) {
    return (value < 10 ? "0" : "") + std::to_string(value);
  };
  return std::to_string(static_cast<int>(date.year())) + "-" +
         padded(static_cast<unsigned>(date.month())) + "-" +
         padded(static_cast<unsigned>(date.day()));
}

std::optional<Day> parse_date(const std::string& text) {
  constexpr std::size_t length = 10;
  int year = 0;
  unsigned month = 0, day = 0;
  if (text.size() != length || text[4] != '-' || text[7] != '-') return std::nullopt;
  if (!read_digits(text, 0, 4, year) || !read_digits(text, 5, 2, month) ||
      !read_digits(text, 8, 2, day)) {
    return std::nullopt;
  }
  const year_month_day date{std::chrono::year(year), std::chrono::month(month),
                            std::chrono::day(day)};
  return date.ok() ? std::optional<Day>(date) : std::nullopt;
}

}  // namespace aftershock::calendar
