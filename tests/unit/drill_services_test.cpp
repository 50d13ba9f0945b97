// Roles apart, services that are stopped and started, and the order in which that is done.
#include <gmock/gmock.h>

#include "tests/unit/small_drill.h"

namespace aftershock {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::HasSubstr;

std::string start(const std::string& id, const std::string& after, const std::string& more) {
  return "  - {id: " + id + ", step: start_services, by: operator, after: {" + after +
         "}, parameters: {" + more + "}}\n";
}

DrillReport run_with_services(const std::string& disaster, const std::string& restart = "never") {
  SmallDrill drill;
  drill.services = "\n  schedulers: {count: 2, restart: {policy: " + restart +
                   "}}\n  monitoring: {restart: {policy: never}}";
  drill.disaster = disaster;
  drill.jobs = "{shape: single, duration: {min: 3s, max: 8s}, artifacts: 1}";
  return run(drill, 1);
}

std::uint64_t count_of(const DrillReport& report, std::string_view mark) {
  const auto found = std::ranges::find(report.marks, mark, &MarkReport::name);
  return found == report.marks.end() ? 0 : found->count;
}

TEST(Services, SchedulersEndWhatOrchestratorsDoNot) {
  // Runners that vanish leave leases behind; whoever has the role `reap` ends them.
  const std::string vanish =
      "faults:\n  - {fault: process.kill, at: 20s, target: {role: runner, mode: fixed, value: 3},\n"
      "     parameters: {power_loss: true}}\n";
  const std::string none_left =
      vanish + "  - {fault: host.down, at: 10s, target: {role: scheduler, mode: all}}\nrunbook:\n";
  const DrillReport with = run_with_services(vanish);
  EXPECT_EQ(with.verdict, Verdict::pass) << testing::PrintToString(with.reasons);
  EXPECT_GT(count_of(with, "lease-expired"), 0U);
  const DrillReport late = run_with_services(none_left + start("s", "time: 9m", "role: scheduler"));
  ASSERT_TRUE(late.runbook.at(0).done);
  EXPECT_THAT(late.runbook[0].outcome, HasSubstr("2 of 2 processes started; ready after"));
  // After such a gap in sweeping, leases get a TTL of grace first.
  EXPECT_GT(count_of(late, "grace-granted"), 0U);
}

TEST(Services, WhatIsStoppedStaysDownWhateverItsPolicyUntilItIsStarted) {
  const DrillReport report = run_with_services(
      "faults:\n  - {fault: process.kill, at: 20s, target: {role: runner, mode: one}}\n"
      "recovery_order: [{role: orchestrator}, {role: scheduler, within: 30s}]\n"
      "runbook:\n"
      "  - {id: stop, step: stop_services, by: operator, after: {time: 1m},\n"
      "     parameters: {role: scheduler}}\n" +
          start("go", "time: 4m", "role: scheduler"),
      "always");
  EXPECT_EQ(report.runbook.at(0).outcome, "2 of 2 processes are stopped");
  const OrderReport& scheduler = report.recovery_order.at(1);
  EXPECT_LT(*scheduler.lost, 2min);
  EXPECT_EQ(*scheduler.began, 4min);
  EXPECT_GE(*scheduler.ready, 4min);
  EXPECT_TRUE(scheduler.met) << scheduler.seen;
  EXPECT_FALSE(report.recovery_order[0].lost);
  EXPECT_EQ(report.verdict, Verdict::pass) << testing::PrintToString(report.reasons);
}

const std::string kBothDown =
    "faults:\n  - {fault: host.down, at: 20s, target: {role: queue, mode: all}}\n"
    "  - {fault: host.down, at: 20s, target: {role: scheduler, mode: all}}\n";

TEST(Services, StartingBeforeWhatIsAboveIsReadyFailsTheDrill) {
  // The API is above, and is not ready while the queue is gone: the file cannot know that.
  const DrillReport report = run_with_services(
      kBothDown + "recovery_order: [{role: orchestrator}, {role: scheduler}]\nrunbook:\n" +
      start("s", "time: 1m", "role: scheduler") + start("q", "time: 4m", "role: queue"));
  EXPECT_EQ(report.verdict, Verdict::fail);
  EXPECT_THAT(report.reasons,
              Contains("scheduler was started before this was ready: orchestrator"));
  EXPECT_FALSE(report.recovery_order.at(1).met);
}

TEST(Services, OneThatIsLateOrNeverBackFailsTheDrill) {
  const DrillReport report = run_with_services(
      kBothDown +
      "  - {fault: process.kill, at: 25s, target: {role: monitoring, mode: all}}\n"
      "recovery_order: [{role: queue}, {role: scheduler, within: 1s}, {role: monitoring}]\n"
      "runbook:\n" +
      start("q", "time: 1m", "role: queue") + start("s", "step: q", "role: scheduler"));
  EXPECT_EQ(report.verdict, Verdict::fail);
  EXPECT_THAT(report.reasons, Contains(HasSubstr("scheduler was ready ")));
  EXPECT_THAT(report.reasons,
              Contains(HasSubstr("monitoring was not ready at the end: 0 of 1 up")));
  EXPECT_FALSE(report.rto.self_healed);
}

TEST(Services, WithoutItsMonitoringNoAlertFires) {
  const std::string outage =
      "  - {fault: database.outage, at: 60s, duration: 2m, target: {role: database, mode: all}}\n";
  const DrillReport seen = run_with_services("faults:\n" + outage);
  EXPECT_EQ(seen.alerts.at(0).name, "DatabaseDown");
  const DrillReport blind = run_with_services(
      "faults:\n  - {fault: process.kill, at: 20s, target: {role: monitoring, mode: all}}\n" +
      outage);
  EXPECT_TRUE(blind.alerts.empty());
  EXPECT_FALSE(blind.phases.detected);
}

}  // namespace
}  // namespace aftershock
