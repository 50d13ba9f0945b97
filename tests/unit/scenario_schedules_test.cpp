// Schedules in a scenario's workload: what is read, and what is refused.
#include <gmock/gmock.h>

#include "tests/unit/scenario_sample.h"

namespace aftershock {
namespace {

using testing::HasSubstr;

/// The valid sample with this list of schedules.
std::string with(const std::string& schedules) {
  return changed("workload:\n", "workload:\n  schedules:\n" + schedules);
}
std::string one(const std::string& rest) {
  return with("    - {name: a, " + rest +
              ", jobs: {shape: single, duration: {min: 1s, max: 2s}}}\n");
}

TEST(ScenarioSchedules, AreReadWithTheirDefaults) {
  const auto scenario = parse_scenario(
      one(R"(kind: cron, expression: "*/5 * * * mon", zone: Europe/Berlin)"), kValidPath);
  ASSERT_TRUE(scenario.has_value()) << format_diagnostics(scenario.error());
  ASSERT_EQ(scenario->workload.schedules.size(), 1U);
  const ScheduleWorkload& schedule = scenario->workload.schedules[0];
  EXPECT_EQ(schedule.name, "a");
  EXPECT_EQ(schedule.timing,
            (delta::ScheduleTiming{delta::ScheduleKind::cron, "*/5 * * * mon", "Europe/Berlin"}));
  EXPECT_EQ(schedule.catch_up, delta::CatchUp::latest);
  EXPECT_EQ(schedule.cap, 10U);
  EXPECT_EQ(schedule.jobs.duration.max, std::chrono::seconds(2));
}

TEST(ScenarioSchedules, RefuseWhatTheOrchestratorsWouldRefuse) {
  EXPECT_THAT(errors_in(one(R"(kind: cron, expression: "* * *")")), HasSubstr("five fields"));
  EXPECT_THAT(errors_in(one(R"(kind: cron, expression: "* * * * *", zone: Berlin)")),
              HasSubstr("there is no time zone 'Berlin'"));
  EXPECT_THAT(errors_in(one("kind: interval, expression: 1ms")), HasSubstr("at least 1s"));
  EXPECT_THAT(errors_in(one("kind: once, expression: tomorrow")), HasSubstr("no moment"));
  EXPECT_THAT(errors_in(one("kind: often, expression: 30s")),
              HasSubstr("'often' is not one of: cron, interval, once"));
  EXPECT_THAT(errors_in(one("kind: interval, expression: 30s, cap: 101")),
              HasSubstr("out of range: from 1 to 100"));
  EXPECT_THAT(errors_in(one("kind: interval, expression: 30s, catchup: all")),
              HasSubstr("unknown key 'catchup' in item 1 of 'schedules' [did you mean "
                        "'catch_up'?]"));
  const std::string each =
      "    - {name: a, kind: interval, expression: 30s, jobs: {shape: single, duration: {min: 1s, "
      "max: 2s}}}\n";
  EXPECT_THAT(errors_in(with(each + each)), HasSubstr("another schedule has the name 'a'"));
}

}  // namespace
}  // namespace aftershock
