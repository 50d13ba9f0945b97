// Cron expressions: what they match, and what is refused.
#include "platform/calendar/cron.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using delta::Cron;
using delta::LocalMinutes;
using testing::ElementsAre;
using testing::HasSubstr;

/// "2026-02-28 23:58"
LocalMinutes at(const std::string& text) {
  const auto number = [&text](std::size_t begin, std::size_t length) {
    return std::stoi(text.substr(begin, length));
  };
  const date::year_month_day day{date::year(number(0, 4)),
                                 date::month(static_cast<unsigned>(number(5, 2))),
                                 date::day(static_cast<unsigned>(number(8, 2)))};
  return date::local_days(day) + std::chrono::hours(number(11, 2)) +
         std::chrono::minutes(number(14, 2));
}

/// The next matches after a moment.
std::vector<std::string> matches(const std::string& expression, const std::string& after,
                                 int count) {
  const auto cron = Cron::parse(expression);
  EXPECT_TRUE(cron.has_value()) << (cron ? "" : cron.error());
  std::vector<std::string> found;
  LocalMinutes time = at(after);
  for (int i = 0; cron && i < count; ++i) {
    const auto next = cron->next(time);
    if (!next) break;
    found.push_back(date::format("%F %H:%M", *next));
    time = *next;
  }
  return found;
}

TEST(Cron, FindsTheNextMinuteThatMatches) {
  EXPECT_THAT(matches("* * * * *", "2026-02-28 23:58", 3),
              ElementsAre("2026-02-28 23:59", "2026-03-01 00:00", "2026-03-01 00:01"));
  EXPECT_THAT(
      matches("*/20 8-9 * * *", "2026-03-01 08:30", 4),
      ElementsAre("2026-03-01 08:40", "2026-03-01 09:00", "2026-03-01 09:20", "2026-03-01 09:40"));
  EXPECT_THAT(matches("30 2 * * mon-FRI", "2026-11-27 02:30", 2),
              ElementsAre("2026-11-30 02:30", "2026-12-01 02:30"));
  EXPECT_THAT(matches("0 0 1 jan,7 *", "2026-01-01 00:00", 2),
              ElementsAre("2026-07-01 00:00", "2027-01-01 00:00"));
  EXPECT_THAT(matches("5,1-3 0-6/3 * * *", "2026-01-01 00:04", 3),
              ElementsAre("2026-01-01 00:05", "2026-01-01 03:01", "2026-01-01 03:02"));
}

TEST(Cron, ADayOrAWeekdayIsEnoughWhenBothAreRestricted) {
  // Friday the 13th is in November; the other days are Fridays, or the 13th.
  EXPECT_THAT(matches("0 0 13 * 5", "2026-11-01 00:00", 3),
              ElementsAre("2026-11-06 00:00", "2026-11-13 00:00", "2026-11-20 00:00"));
  EXPECT_THAT(matches("0 0 13 * 5", "2026-12-11 00:00", 1), ElementsAre("2026-12-13 00:00"));
  // A field that begins with a star restricts together with the other.
  EXPECT_THAT(matches("0 0 */2 * 5", "2026-11-01 00:00", 2),
              ElementsAre("2026-11-13 00:00", "2026-11-27 00:00"));
}

TEST(Cron, ZeroAndSevenAreSunday) {
  EXPECT_THAT(matches("0 0 * * 0", "2026-11-28 00:00", 1), ElementsAre("2026-11-29 00:00"));
  EXPECT_THAT(matches("0 0 * * 7", "2026-11-28 00:00", 1), ElementsAre("2026-11-29 00:00"));
  EXPECT_THAT(matches("0 0 * * 5-7", "2026-11-29 00:00", 1), ElementsAre("2026-12-04 00:00"));
}

TEST(Cron, KnowsLeapDaysAndDaysThatNeverCome) {
  EXPECT_THAT(matches("0 12 29 2 *", "2026-01-01 00:00", 2),
              ElementsAre("2028-02-29 12:00", "2032-02-29 12:00"));
  EXPECT_THAT(matches("0 12 29 2 *", "2096-03-01 00:00", 1), ElementsAre("2104-02-29 12:00"));
  EXPECT_THAT(matches("0 0 30 2 *", "2026-01-01 00:00", 1), ElementsAre());
  EXPECT_THAT(matches("0 0 31 * *", "2026-03-31 00:00", 1), ElementsAre("2026-05-31 00:00"));
}

TEST(Cron, ShorthandsAreExpressions) {
  EXPECT_THAT(matches("@hourly", "2026-01-01 00:30", 1), ElementsAre("2026-01-01 01:00"));
  EXPECT_THAT(matches("@weekly", "2026-11-28 00:00", 1), ElementsAre("2026-11-29 00:00"));
  EXPECT_THAT(matches("@yearly", "2026-11-28 00:00", 1), ElementsAre("2027-01-01 00:00"));
}

TEST(Cron, RefusesWhatItDoesNotUnderstandWithTheFieldsName) {
  const auto error = [](const std::string& text) {
    const auto cron = Cron::parse(text);
    return cron ? "read without an error: " + text : cron.error();
  };
  EXPECT_THAT(error(""), HasSubstr("five fields"));
  EXPECT_THAT(error("* * * *"), HasSubstr("has 4"));
  EXPECT_THAT(error("* * * * * *"), HasSubstr("has 6"));
  EXPECT_THAT(error("60 * * * *"), HasSubstr("the minute '60' must be from 0 to 59"));
  EXPECT_THAT(error("* 24 * * *"), HasSubstr("the hour"));
  EXPECT_THAT(error("* * 0 * *"), HasSubstr("the day '0' must be from 1 to 31"));
  EXPECT_THAT(error("* * * 13 *"), HasSubstr("the month"));
  EXPECT_THAT(error("* * * * 8"), HasSubstr("the weekday"));
  EXPECT_THAT(error("* * * * mo"), HasSubstr("where a number should be"));
  EXPECT_THAT(error("* * * january *"), HasSubstr("'uary' where it should end"));
  EXPECT_THAT(error("5-1 * * * *"), HasSubstr("ends before it begins"));
  EXPECT_THAT(error("*/0 * * * *"), HasSubstr("a step of 0"));
  EXPECT_THAT(error("5/15 * * * *"), HasSubstr("write */15"));
  EXPECT_THAT(error("1,,2 * * * *"), HasSubstr("where a number should be"));
  EXPECT_THAT(error("-1 * * * *"), HasSubstr("where a number should be"));
  EXPECT_THAT(error("99999999999 * * * *"), HasSubstr("where a number should be"));
  EXPECT_THAT(error("@often"), HasSubstr("@hourly"));
}

}  // namespace
