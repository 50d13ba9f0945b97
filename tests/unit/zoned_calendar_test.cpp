// When schedules fire by their time zone, above all where clocks change.
#include "platform/calendar/zoned_calendar.h"

#include <date/date.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace delta {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const ZonedCalendar calendar;

/// "2026-01-31 23:59:59"
DbTime utc(std::string text) {
  text[10] = 'T';
  return calendar.next({ScheduleKind::once, text, "UTC"}, DbTime(-1s));
}

std::string text_of(DbTime time) {
  if (time == kNever) return "never";
  const date::sys_seconds seconds(
      std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()));
  return date::format("%F %T", seconds);
}

std::vector<std::string> fires(const std::string& expression, const std::string& zone,
                               const std::string& after, int count) {
  const ScheduleTiming timing{ScheduleKind::cron, expression, zone};
  EXPECT_EQ(calendar.problem(timing), "");
  std::vector<std::string> found;
  DbTime time = utc(after);
  for (int i = 0; i < count && time != kNever; ++i) {
    time = calendar.next(timing, time);
    found.push_back(text_of(time));
  }
  return found;
}

TEST(ZonedCalendar, CronTimesAreLocalTimesOfTheZone) {
  EXPECT_THAT(fires("0 8 * * *", "UTC", "2026-01-01 09:00:00", 1),
              ElementsAre("2026-01-02 08:00:00"));
  EXPECT_THAT(fires("0 8 * * *", "Europe/Berlin", "2026-01-01 09:00:00", 1),
              ElementsAre("2026-01-02 07:00:00"));
  EXPECT_THAT(fires("0 8 * * *", "Asia/Kathmandu", "2026-01-01 09:00:00", 1),
              ElementsAre("2026-01-02 02:15:00"));
  // The day of the week is that of the zone.
  EXPECT_THAT(fires("0 1 * * mon", "Pacific/Auckland", "2026-06-01 00:00:00", 1),
              ElementsAre("2026-06-07 13:00:00"));
}

TEST(ZonedCalendar, KeepsTheLocalTimeOverAChangeOfTheClocks) {
  EXPECT_THAT(fires("0 8 * * *", "Europe/Berlin", "2026-03-28 00:00:00", 2),
              ElementsAre("2026-03-28 07:00:00", "2026-03-29 06:00:00"));
}

TEST(ZonedCalendar, ASkippedLocalTimeHappensRightAfterTheGap) {
  // On 2026-03-29 Berlin has no time from 2:00 to 3:00, which is 1:00 in UTC.
  EXPECT_THAT(fires("30 2 * * *", "Europe/Berlin", "2026-03-28 12:00:00", 2),
              ElementsAre("2026-03-29 01:00:00", "2026-03-30 00:30:00"));
}

TEST(ZonedCalendar, SkippedLocalTimesHappenOnceTogether) {
  EXPECT_THAT(fires("*/20 2,3 * * *", "Europe/Berlin", "2026-03-29 00:00:00", 3),
              ElementsAre("2026-03-29 01:00:00", "2026-03-29 01:20:00", "2026-03-29 01:40:00"));
}

TEST(ZonedCalendar, ALocalTimeThatComesTwiceHappensTheFirstTime) {
  // On 2026-10-25 Berlin has the times from 2:00 to 3:00 twice: at 0:00 and at 1:00 in UTC.
  EXPECT_THAT(fires("30 2 * * *", "Europe/Berlin", "2026-10-24 12:00:00", 2),
              ElementsAre("2026-10-25 00:30:00", "2026-10-26 01:30:00"));
  EXPECT_THAT(fires("*/30 * * * *", "Europe/Berlin", "2026-10-25 00:00:00", 3),
              ElementsAre("2026-10-25 00:30:00", "2026-10-25 02:00:00", "2026-10-25 02:30:00"));
  // Also when one asks within the repetition.
  EXPECT_THAT(fires("30 2 * * *", "Europe/Berlin", "2026-10-25 01:10:00", 1),
              ElementsAre("2026-10-26 01:30:00"));
}

TEST(ZonedCalendar, GapsNeedNotBeAnHour) {
  // Lord Howe Island moves by half an hour: no time from 2:00 to 2:30 on 2026-10-04.
  EXPECT_THAT(fires("15 2 * * *", "Australia/Lord_Howe", "2026-10-03 12:00:00", 1),
              ElementsAre("2026-10-03 15:30:00"));
  // Samoa had no 2011-12-30 at all.
  EXPECT_THAT(fires("0 12 30 12 *", "Pacific/Apia", "2011-12-01 00:00:00", 1),
              ElementsAre("2011-12-30 10:00:00"));
}

/// Whatever the zone and the moment: the next fire is later, and none is between.
TEST(ZonedCalendar, NextIsTheFirstAfter) {
  for (const char* zone : {"UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe"}) {
    const ScheduleTiming timing{ScheduleKind::cron, "*/10 1-3 * * *", zone};
    for (const char* day : {"2026-03-08 00:00:00", "2026-03-28 20:00:00", "2026-10-03 12:00:00",
                            "2026-10-24 20:00:00", "2026-11-01 00:00:00"}) {
      DbTime last = utc(day);
      for (DbTime time = last; time < utc(day) + 18h; time += 150s) {
        const DbTime next = calendar.next(timing, time);
        ASSERT_GT(next, time) << zone << " " << text_of(time);
        ASSERT_GE(next, last) << zone << " " << text_of(time);
        ASSERT_EQ(calendar.next(timing, next - 1s), next) << zone << " " << text_of(time);
        last = next;
      }
    }
  }
}

TEST(ZonedCalendar, OnceIsALocalTimeOrHasItsOffset) {
  const auto moment = [](const std::string& text, const std::string& zone) {
    const ScheduleTiming timing{ScheduleKind::once, text, zone};
    EXPECT_EQ(calendar.problem(timing), "");
    return text_of(calendar.next(timing, utc("2026-01-01 00:00:00")));
  };
  EXPECT_EQ(moment("2026-07-01T08:00:00", "UTC"), "2026-07-01 08:00:00");
  EXPECT_EQ(moment("2026-07-01T08:00:00", "Europe/Berlin"), "2026-07-01 06:00:00");
  EXPECT_EQ(moment("2026-07-01T08:00:00Z", "Europe/Berlin"), "2026-07-01 08:00:00");
  EXPECT_EQ(moment("2026-07-01T08:00:00-05:30", "UTC"), "2026-07-01 13:30:00");
  EXPECT_EQ(moment("2026-03-29T02:30:00", "Europe/Berlin"), "2026-03-29 01:00:00");
  EXPECT_EQ(moment("2025-12-31T23:59:59", "UTC"), "never");
}

TEST(ZonedCalendar, RefusesWhatItCannotRead) {
  const auto problem = [](ScheduleKind kind, const std::string& text, const std::string& zone) {
    return calendar.problem({kind, text, zone});
  };
  EXPECT_THAT(problem(ScheduleKind::cron, "* * * *", "UTC"), HasSubstr("five fields"));
  for (const char* zone : {"Europe/Berlim", "", "../../etc/passwd", "CET-1CEST", "berlin"}) {
    EXPECT_THAT(problem(ScheduleKind::cron, "* * * * *", zone), HasSubstr("no time zone")) << zone;
  }
  for (const char* text : {"", "tomorrow", "2026-13-01T00:00:00", "2026-02-30T00:00:00",
                           "2026-01-01", "2026-01-01T00:00:00 ", "2026-01-01T00:00:00+1",
                           "1960-01-01T00:00:00", "9999-01-01T00:00:00"}) {
    EXPECT_THAT(problem(ScheduleKind::once, text, "UTC"), HasSubstr("no moment")) << text;
  }
}

}  // namespace
}  // namespace delta
