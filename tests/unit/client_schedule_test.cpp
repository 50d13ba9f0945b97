// `delta schedule`: its command line, and how schedules are shown.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/command_line.h"
#include "client/views.h"

namespace delta::client {
namespace {

using testing::HasSubstr;

CommandLine parsed(const std::vector<std::string>& arguments) {
  auto line = parse_command_line(arguments);
  EXPECT_TRUE(line) << line.error().text;
  return line.value_or(CommandLine{});
}
std::string error(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"schedule", "create", "run.yaml", "nightly"});
  const auto line = parse_command_line(arguments);
  EXPECT_FALSE(line);
  return line ? "" : line.error().text;
}

TEST(ClientSchedule, CreateSaysWhenAndWhatIsCaughtUp) {
  const CommandLine line =
      parsed({"schedule", "create", "run.yaml", "nightly", "--cron", "30 2 * * mon-fri", "--zone",
              "Europe/Berlin", "--catch-up", "all", "--cap", "3", "--key", "k"});
  EXPECT_EQ(line.command, Command::schedule);
  EXPECT_EQ(line.file, "run.yaml");
  EXPECT_EQ(line.key, "k");
  EXPECT_EQ(line.schedule.action, "create");
  const ScheduleSpec& spec = line.schedule.spec;
  EXPECT_EQ(spec.name, "nightly");
  EXPECT_EQ(spec.timing, (ScheduleTiming{ScheduleKind::cron, "30 2 * * mon-fri", "Europe/Berlin"}));
  EXPECT_EQ(spec.catch_up, CatchUp::all);
  EXPECT_EQ(spec.cap, 3U);
  const auto timing = [](const std::string& option, const std::string& value) {
    return parsed({"schedule", "create", "-", "a", option, value}).schedule.spec.timing;
  };
  EXPECT_EQ(timing("--every", "15m"), (ScheduleTiming{ScheduleKind::interval, "15m", "UTC"}));
  EXPECT_EQ(timing("--at", "2026-12-01T08:00:00"),
            (ScheduleTiming{ScheduleKind::once, "2026-12-01T08:00:00", "UTC"}));
}

TEST(ClientSchedule, MistakesAreNamed) {
  EXPECT_THAT(error({}), HasSubstr("say when: one of --cron, --every and --at"));
  EXPECT_THAT(error({"--cron", "* * * * *", "--every", "1m"}), HasSubstr("say when"));
  EXPECT_THAT(error({"--every", "1m", "--catch-up", "lates"}),
              HasSubstr("there is no policy 'lates'"));
  EXPECT_THAT(error({"--every", "1m", "--cap", "many"}), HasSubstr("--cap: "));
  const auto bare = parse_command_line({"schedule"});
  ASSERT_FALSE(bare);
  EXPECT_THAT(bare.error().text, HasSubstr("schedule needs to know what to do"));
}

TEST(ClientSchedule, OtherActionsNameTheSchedule) {
  for (const std::string action : {"show", "pause", "resume", "delete"}) {
    const CommandLine line = parsed({"schedule", action, "nightly"});
    EXPECT_EQ(line.schedule.action, action);
    EXPECT_EQ(line.name, "nightly");
    EXPECT_FALSE(parse_command_line({"schedule", action}));
  }
  EXPECT_TRUE(parsed({"schedule", "list", "--json"}).json);
}

TEST(ClientSchedule, IsShownToPeople) {
  RunSpec run;
  run.name = "backup";
  run.jobs.emplace_back().name = "dump";
  const ScheduleSpec spec{"nightly",
                          {ScheduleKind::cron, "30 2 * * *", "Europe/Berlin"},
                          CatchUp::all,
                          3,
                          std::make_shared<const RunSpec>(run)};
  const DbTime created(1'767'225'600s);
  ScheduleView view{ScheduleState::active,
                    std::make_shared<const ScheduleSpec>(spec),
                    created,
                    created + 90min,
                    7,
                    2};
  EXPECT_EQ(schedule_text(view, {}),
            "schedule   nightly\n"
            "state      active\n"
            "fires      cron 30 2 * * * (Europe/Berlin)\n"
            "missed     all, at most 3\n"
            "next       2026-01-01 01:30:00 UTC\n"
            "fired      7, skipped 2\n"
            "created    2026-01-01 00:00:00 UTC\n"
            "run        backup, 1 job\n");
  view.state = ScheduleState::paused;
  view.next_fire = kNever;
  EXPECT_EQ(schedules_text({view}, {}),
            "SCHEDULE  STATE   NEXT (UTC)  FIRED  SKIPPED  FIRES\n"
            "nightly   paused  -           7      2        cron 30 2 * * * (Europe/Berlin)\n");
}

TEST(ClientRunners, AreListedWithTheirSum) {
  const RunnerId id{0xc3, 4};
  EXPECT_EQ(runners_text(
                {{id, "build\x1b-1", 2500ms, false, 4, 3, 128}, {id, "", 1min, true, 2, 0, 0}}, {}),
            "RUNNER                            NAME      LAST SEEN  BUSY    FINISHED  NOW\n" +
                to_string(id) + "  build?-1  2.5s ago   3 of 4  128       works\n" + to_string(id) +
                "  -         1m ago     0 of 2  0         waits for work\n"
                "2 runners, 3 of 6 slots busy\n");
}

}  // namespace
}  // namespace delta::client
