// The calendar of exercises: on which days they are due, and what a history makes of that.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "harness/calendar/history.h"
#include "harness/calendar/plan.h"
#include "harness/calendar/status.h"
#include "harness/calendar/timers.h"
#include "reports/words.h"

namespace aftershock::calendar {
namespace {

using std::chrono::Monday;
using std::chrono::Tuesday;
using testing::ElementsAre;
using testing::HasSubstr;

Day day(const std::string& text) { return parse_date(text).value(); }

std::string around(const Rhythm& rhythm, const std::string& today) {
  return date_text(last_due(rhythm, day(today))) + " " + date_text(next_due(rhythm, day(today)));
}

TEST(CalendarRhythm, AMonthHasItsNthWeekday) {
  const Rhythm rhythm{.every = Every::month, .nth = 2, .day = Tuesday};
  EXPECT_EQ(around(rhythm, "2026-11-09"), "2026-10-13 2026-11-10");
  EXPECT_EQ(around(rhythm, "2026-11-10"), "2026-11-10 2026-12-08") << "on the day itself";
  EXPECT_EQ(around(rhythm, "2027-01-01"), "2026-12-08 2027-01-12");
}

TEST(CalendarRhythm, AQuarterAndAYearHaveThatOfTheirFirstMonth) {
  const Rhythm quarter{.every = Every::quarter, .nth = 1, .day = Monday};
  EXPECT_EQ(around(quarter, "2026-11-28"), "2026-10-05 2027-01-04");
  EXPECT_EQ(around(quarter, "2026-10-04"), "2026-07-06 2026-10-05");
  const Rhythm year{.every = Every::year, .nth = 3, .day = Monday};
  EXPECT_EQ(around(year, "2026-01-18"), "2025-01-20 2026-01-19");
}

TEST(CalendarRhythm, AWeekHasItsDay) {
  const Rhythm rhythm{.every = Every::week, .day = Monday};
  EXPECT_EQ(around(rhythm, "2026-11-28"), "2026-11-23 2026-11-30");
  EXPECT_EQ(around(rhythm, "2026-11-30"), "2026-11-30 2026-12-07");
}

TEST(CalendarRhythm, WhatNoCalendarHasIsNoDate) {
  for (const char* text : {"2026-02-29", "2026-13-01", "2026-1-01", "26-01-01", "2026-01-1x",
                           "2026/01/01", "", "-026-01-01", "2026-01--1"}) {
    EXPECT_FALSE(parse_date(text)) << text;
  }
  EXPECT_TRUE(parse_date("2028-02-29"));
}

HistoryEntry drill(const std::string& name, const std::string& date, const char* verdict = "pass") {
  return {.when = day(date) + std::chrono::hours(9),
          .name = name,
          .verdict = verdict,
          .world = "simulated",
          .seed = 1};
}

Exercise monthly() {
  return {.id = "restore",
          .title = "Restore",
          .document = "d",
          .section = "s",
          .rhythm = {.every = Every::month, .nth = 1, .day = Tuesday},
          .drills = {"a.yaml", "b.yaml"}};
}

std::string_view state_of(const Exercise& exercise, const std::vector<std::string>& scenarios,
                          const History& history) {
  return name_of(status_of(exercise, scenarios, history, day("2026-11-28")).state);
}

TEST(CalendarStatus, AnExerciseIsDoneWhenAllItsDrillsPassedSinceItIsDue) {
  const std::vector<std::string> both{"a", "b"};
  EXPECT_EQ(state_of(monthly(), both, {}), "overdue") << "never held";
  EXPECT_EQ(state_of(monthly(), both, {drill("a", "2026-11-03")}), "overdue") << "b was never";
  EXPECT_EQ(state_of(monthly(), both, {drill("a", "2026-11-03"), drill("b", "2026-10-06")}), "due");
  EXPECT_EQ(state_of(monthly(), both, {drill("a", "2026-11-03"), drill("b", "2026-10-05")}),
            "overdue")
      << "b missed the last time, too";
  EXPECT_EQ(state_of(monthly(), both, {drill("a", "2026-11-03"), drill("b", "2026-11-20")}),
            "done");
  EXPECT_EQ(state_of(monthly(), both, {drill("a", "2026-11-03"), drill("b", "2026-11-20", "fail")}),
            "failed");
  EXPECT_EQ(state_of(monthly(), both,
                     {drill("b", "2026-11-21"), drill("a", "2026-11-03"),
                      drill("b", "2026-11-20", "fail")}),
            "done")
      << "the last time counts, in whatever order they are written";
  const Status status = status_of(monthly(), both, {drill("a", "2026-11-03")}, day("2026-11-28"));
  EXPECT_THAT(status.missing, ElementsAre("b"));
}

TEST(CalendarStatus, PeopleSayThatTheyHeldAnExercise) {
  Exercise review = monthly();
  review.drills.clear();
  HistoryEntry entry{
      .when = day("2026-11-05"), .event = Event::exercise, .name = "another", .note = ""};
  EXPECT_EQ(state_of(review, {}, {entry}), "overdue");
  entry.name = "restore";
  EXPECT_EQ(state_of(review, {}, {entry}), "done");
}

TEST(CalendarStatus, AfterAnIncidentItIsDueForAWhile) {
  Exercise after = monthly();
  after.drills.clear();
  after.rhythm = {.every = Every::incident, .within = std::chrono::days(10)};
  EXPECT_EQ(state_of(after, {}, {}), "waiting");
  History history{{.when = day("2026-11-18"), .event = Event::incident}};
  EXPECT_EQ(state_of(after, {}, history), "due");
  history[0].when = day("2026-11-17");
  EXPECT_EQ(state_of(after, {}, history), "overdue");
  history.push_back({.when = day("2026-11-17"), .event = Event::exercise, .name = "restore"});
  EXPECT_EQ(state_of(after, {}, history), "done");
  history.push_back({.when = day("2026-11-25"), .event = Event::incident});
  EXPECT_EQ(state_of(after, {}, history), "due") << "another incident";
}

class CalendarFiles : public testing::Test {
 protected:
  CalendarFiles() {
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    path_ = (std::filesystem::path(testing::TempDir()) / ("calendar-" + name)).string();
    std::filesystem::remove(path_);
  }
  ~CalendarFiles() override { std::filesystem::remove(path_); }

  void write(const std::string& text) const { std::ofstream(path_, std::ios::binary) << text; }
  std::string errors_of(const std::string& text) const {
    write(text);
    const auto plan = load_plan(path_);
    return plan ? "" : format_diagnostics(plan.error());
  }

  std::string path_;
};

TEST_F(CalendarFiles, AHistoryIsReadBackAsItWasAppended) {
  EXPECT_TRUE(read_history(path_).value().empty()) << "no file is no history";
  ASSERT_TRUE(append_history(path_, {drill("a", "2026-11-03"), drill("b", "2026-11-03", "fail")}));
  ASSERT_TRUE(append_history(
      path_, {{.when = day("2026-11-04"), .event = Event::incident, .note = "\"odd\"\nnote"}}));
  const History history = read_history(path_).value();
  ASSERT_EQ(history.size(), 3U);
  EXPECT_EQ(time_text(history[0].when), "2026-11-03T09:00:00Z");
  EXPECT_EQ(history[1].verdict, "fail");
  EXPECT_EQ(history[2].note, "\"odd\"\nnote");
  const auto last = last_drills(history);
  EXPECT_FALSE(last.at("b").passed);
  EXPECT_EQ(time_text(last.at("b").drilled->when), "2026-11-03T09:00:00Z");
}

TEST_F(CalendarFiles, ADamagedHistoryNamesItsLine) {
  const std::string good = R"({"when":"2026-11-03T09:00:00Z","event":"incident","note":"x"})"
                           "\n";
  for (const char* bad : {"x\n", "{}\n", "[]\n",
                          R"({"when":"2026-11-03","event":"incident","note":""})"
                          "\n",
                          R"({"when":"2026-11-03T09:00:00Z","event":"party","note":""})"
                          "\n",
                          R"({"when":"2026-11-03T09:00:00Z","event":"drill","name":1})"
                          "\n"}) {
    write(good + bad);
    const auto history = read_history(path_);
    ASSERT_FALSE(history) << bad;
    EXPECT_THAT(history.error(), HasSubstr(":2: it is no line of a history: "));
  }
  write(good + R"({"when":"2026-)");
  EXPECT_EQ(read_history(path_).value().size(), 1U) << "killed while it wrote";
}

TEST_F(CalendarFiles, APlanIsReadStrictly) {
  const std::string head =
      "calendar: Ours\nexercises:\n  - id: a\n    title: A\n"
      "    source: {document: d, section: s}\n";
  EXPECT_EQ(errors_of(head + "    every: month\n    nth: second\n    day: Tuesday\n"), "");
  EXPECT_THAT(errors_of(head + "    every: fortnight\n"), HasSubstr("fortnight"));
  EXPECT_THAT(errors_of(head + "    every: month\n    dya: Monday\n"),
              HasSubstr("did you mean 'day'"));
  EXPECT_THAT(errors_of(head + "    every: week\n    nth: second\n"),
              HasSubstr("'nth' has no meaning"));
  EXPECT_THAT(errors_of(head + "    every: incident\n    day: Monday\n"),
              HasSubstr("'day' has no meaning"));
  EXPECT_THAT(errors_of(head + "    every: year\n    within: 3\n"), HasSubstr("'within' is for"));
  const std::string twice =
      head + "    every: year\n" + head.substr(head.find("  - id")) + "    every: year\n";
  EXPECT_THAT(errors_of(twice), HasSubstr("there are two exercises 'a'"));
  EXPECT_THAT(errors_of(""), HasSubstr("error:"));
  EXPECT_THAT(errors_of("calendar: Ours\n"), HasSubstr("the plan lacks the required 'exercises'"));
}

TEST(CalendarTimers, EachPlaceGetsItsOwnSyntax) {
  Exercise quarterly = monthly();
  quarterly.rhythm = {.every = Every::quarter, .nth = 2, .day = Tuesday};
  quarterly.drills = {"scenarios/my drills"};
  EXPECT_EQ(on_calendar(quarterly), "Tue *-1,4,7,10-8..14 09:00:00 UTC");
  EXPECT_EQ(cron_time(quarterly), "0 9 8-14 1,4,7,10 *");
  Exercise weekly = monthly();
  weekly.rhythm.every = Every::week;
  EXPECT_EQ(on_calendar(weekly), "Tue *-*-* 09:00:00 UTC");
  Exercise by_people = monthly();
  by_people.id = "talk";
  by_people.drills.clear();

  const Plan plan{.title = "p", .exercises = {quarterly, by_people}};
  const auto units = systemd_timers(plan, {.folder = "/srv"});
  ASSERT_EQ(units.size(), 2U) << "people need no timer";
  EXPECT_EQ(units[0].name, "aftershock-restore.timer");
  EXPECT_THAT(units[1].text, HasSubstr("ExecStart=/bin/sh -c \"aftershock run "
                                       "'scenarios/my drills' --quiet --out "
                                       "reports/drills/restore --history "
                                       "reports/history.jsonl\"\n"));
  EXPECT_THAT(crontab(plan, {.folder = "/srv"})[0].text,
              HasSubstr("\n0 9 8-14 1,4,7,10 * [ \"$(date -u +\\%w)\" = 2 ] && cd /srv && "));
  EXPECT_THAT(github_workflow(plan, {})[0].text,
              HasSubstr("if: github.event.schedule == '0 9 8-14 1,4,7,10 *'"));
}

}  // namespace
}  // namespace aftershock::calendar
