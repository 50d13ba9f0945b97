#include "harness/backup/target_time.h"

#include <date/date.h>

#include <chrono>
#include <optional>
#include <regex>

#include "core/text.h"

namespace aftershock::backup {
namespace {

constexpr const char* kHint = "write it as 2026-01-31T12:34:56Z, or with an offset: +01:00";

int part(const std::smatch& match, std::size_t index) {
  return match[index].matched ? std::stoi(match[index].str()) : 0;
}

}  // namespace

Result<TargetTime> parse_target_time(std::string_view text) {
  static const std::regex form(R"((\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2}))"
                               R"((\.\d{1,6})?(?:Z|([+-])(\d{2})(?::?(\d{2}))?))");
  const std::string input(text);
  std::smatch match;
  if (!std::regex_match(input, match, form)) {
    return refused("not a time with a zone: " + delta::quote(text), kHint);
  }
  using namespace std::chrono;
  const year_month_day day(year(part(match, 1)), month(static_cast<unsigned>(part(match, 2))),
                           std::chrono::day(static_cast<unsigned>(part(match, 3))));
  const int hour = part(match, 4), minute = part(match, 5), second = part(match, 6);
  if (!day.ok() || hour > 23 || minute > 59 || second > 59 || part(match, 9) > 15 ||
      part(match, 10) > 59) {
    return refused("there is no such time: " + delta::quote(text), kHint);
  }
  seconds since =
      sys_days(day).time_since_epoch() + hours(hour) + minutes(minute) + seconds(second);
  const seconds offset = hours(part(match, 9)) + minutes(part(match, 10));
  since += match[8] == "-" ? offset : -offset;
  const std::string written = date::format("%F %T", sys_seconds(since));
  return TargetTime{since.count(), written + match[7].str() + "+00"};
}

}  // namespace aftershock::backup
