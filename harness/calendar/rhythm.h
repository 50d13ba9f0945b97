// How often an exercise is held, and on which days. Days are UTC's: a calendar that people of
// several time zones share has one.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace aftershock::calendar {

using Day = std::chrono::sys_days;

enum class Every : std::uint8_t { week, month, quarter, year, incident };

/// "The second Tuesday of a month". Of a quarter or a year it is that of its first month; of a week
/// `nth` has no meaning; after an incident there is no day, but a time until it has to be done.
struct Rhythm {
  Every every = Every::month;
  unsigned nth = 1;  ///< 1 to 4
  std::chrono::weekday day = std::chrono::Monday;
  std::chrono::days within{0};  ///< of an incident
};

/// The last of its days that is not after `today`, and the first after it. Not of incidents.
Day last_due(const Rhythm& rhythm, Day today);
Day next_due(const Rhythm& rhythm, Day today);

/// "2026-11-28".
std::string date_text(Day day);
/// The same way back. None: it is no date, or one that no calendar has.
std::optional<Day> parse_date(const std::string& text);

}  // namespace aftershock::calendar
