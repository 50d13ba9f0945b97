// Cron expressions: five fields that local times must match, to the minute.
#pragma once

#include <date/date.h>

#include <bitset>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace delta {

using LocalMinutes = date::local_time<std::chrono::minutes>;

/// "minute hour day month weekday": numbers, names of months and weekdays (jan, mon), ranges
/// (1-5), lists (1,15), steps (*/15, 8-18/2); 0 and 7 are Sunday; or @hourly, @daily, @weekly,
/// @monthly, @yearly. As in Vixie's cron, a time matches if its day matches or its weekday does,
/// when both are restricted: when neither of the two fields begins with '*'.
class Cron {
 public:
  /// Error: a sentence that names the field.
  static std::expected<Cron, std::string> parse(std::string_view text);

  /// The first local time after that one which matches. None: there is none within 28 years, after
  /// which the calendar repeats itself (but for 2100, which has no leap day).
  std::optional<LocalMinutes> next(LocalMinutes after) const;

 private:
  bool matches_day(date::year_month_day day) const;

  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;
  std::bitset<13> months_;
  std::bitset<7> weekdays_;
  bool any_day_ = true;  ///< the field begins with '*'
  bool any_weekday_ = true;
};

}  // namespace delta
