// The order of recovery in a scenario file: what it may list, and runbooks that do not keep to it.
#include <gmock/gmock.h>

#include "harness/scenario/writer.h"
#include "tests/unit/small_drill.h"

namespace aftershock {
namespace {

using testing::HasSubstr;

constexpr const char* kServices = "\n  schedulers: {count: 1}\n  monitoring: {}";

/// "line:column: message [hint]" of the only error in a drill with this disaster.
std::string error_in(const std::string& disaster, const std::string& services = kServices) {
  SmallDrill drill;
  drill.disaster = disaster;
  drill.services = services;
  const auto loaded = parse_scenario(text_of(drill), "small.yaml");
  if (loaded) return "no error";
  EXPECT_EQ(loaded.error().size(), 1U) << format_diagnostics(loaded.error());
  const Diagnostic& first = loaded.error().front();
  return std::to_string(first.line) + ":" + std::to_string(first.column) + ": " + first.message +
         (first.hint ? " [" + *first.hint + "]" : "");
}

const std::string kKilled =
    "faults:\n  - {fault: process.kill, at: 20s, target: {role: runner, mode: one}}\n";

std::string start(const std::string& id, const std::string& after, const std::string& role) {
  return "  - {id: " + id + ", step: start_services, by: operator, after: {" + after +
         "}, parameters: {role: " + role + "}}\n";
}

const std::string kOrder = "recovery_order: [{role: database}, {role: queue}, {role: scheduler}]\n";

TEST(ScenarioRecovery, ARunbookKeepsToTheOrderStepByStep) {
  const std::string runbook = "runbook:\n" + start("d", "time: 1m", "database") +
                              start("q", "step: d", "queue") + start("s", "step: q", "scheduler");
  EXPECT_EQ(error_in(kKilled + kOrder + runbook), "no error");
  EXPECT_EQ(
      error_in(kKilled + "recovery_order: [{role: queue}, {role: database}]\n" + runbook),
      "22:56: 'database' is started before 'queue' is: the recovery_order has it later [write "
      "after: {step: q}]");
  // At a later time is not after it: nobody knows how long that one takes.
  EXPECT_THAT(error_in(kKilled + kOrder + "runbook:\n" + start("d", "time: 1m", "database") +
                       start("s", "time: 5m", "scheduler")),
              HasSubstr("'scheduler' is started before 'database' is"));
  EXPECT_THAT(error_in(kKilled + kOrder + "runbook:\n" +
                       "  - {id: r, step: restore_database, by: operator, after: {time: 1m}}\n" +
                       start("q", "time: 5m", "queue")),
              HasSubstr("'queue' is started before 'database' is"));
}

TEST(ScenarioRecovery, OnlyWhatIsThereCanBeListedStartedOrHit) {
  EXPECT_THAT(error_in(kKilled + "recovery_order: [{role: queue}, {role: queue}]\n"),
              HasSubstr("'queue' is listed twice"));
  EXPECT_THAT(error_in(kKilled + "recovery_order: [{role: queue}, {role: secrets}]\n"),
              HasSubstr("'secrets' cannot be started here"));
  EXPECT_THAT(error_in(kKilled + kOrder, ""), HasSubstr("the cluster has no 'schedulers'"));
  EXPECT_THAT(error_in(kKilled + "runbook:\n" + start("m", "time: 1m", "monitoring"), ""),
              HasSubstr("the cluster has no 'monitoring'"));
  EXPECT_THAT(error_in(kKilled + "runbook:\n  - {step: stop_services, by: operator, after: {time: "
                                 "1m}, parameters: {role: queue}}\n"),
              HasSubstr("'queue' cannot be stopped here"));
  EXPECT_THAT(
      error_in("faults:\n  - {fault: process.kill, at: 20s, target: {role: scheduler, mode: "
               "one}}\n",
               ""),
      HasSubstr("the cluster has no 'schedulers'"));
}

TEST(ScenarioRecovery, WhatIsSwitchedOffHasToBeStarted) {
  const auto down = [](const std::string& role, const std::string& parameters) {
    return "faults:\n  - {fault: host.down, at: 20s, target: {role: " + role + ", mode: all}" +
           parameters + "}\n";
  };
  EXPECT_EQ(error_in(down("queue", "")), "19:13: no step of the runbook starts 'queue' again");
  EXPECT_EQ(error_in(down("queue", "") + "runbook:\n" + start("q", "time: 1m", "queue")),
            "no error");
  const std::string lost = down("database", ", parameters: {disk_lost: true}");
  EXPECT_THAT(error_in(lost + "runbook:\n" + start("d", "time: 1m", "database")),
              HasSubstr("the database's disk is gone"));
  EXPECT_EQ(
      error_in(lost + "runbook:\n  - {step: restore_database, by: operator, after: {time: 1m}}\n"),
      "no error");
}

TEST(ScenarioRecovery, AChecklistAsksOnlyForWhatThereIs) {
  EXPECT_EQ(error_in(kKilled + "checklist: [{check: processes}, {check: errors}]\n"), "no error");
  EXPECT_THAT(error_in(kKilled + "checklist: [{check: schedules}]\n"),
              HasSubstr("the workload has no 'schedules'"));
  EXPECT_THAT(error_in(kKilled + "checklist: [{check: performance}]\n"),
              HasSubstr("the objectives have no 'thresholds'"));
  EXPECT_THAT(error_in(kKilled + "checklist: [{check: api}, {check: api}]\n"),
              HasSubstr("'api' is listed twice"));
}

TEST(ScenarioRecovery, TheWriterKeepsServicesAndOrder) {
  SmallDrill drill;
  drill.services = kServices;
  drill.disaster = kKilled +
                   "recovery_order: [{role: queue, within: 30s}, {role: monitoring}]\n"
                   "checklist: [{check: queue}]\n";
  const Scenario before = scenario_of(drill);
  const auto again = parse_scenario(write_scenario(before), "small.yaml");
  ASSERT_TRUE(again) << format_diagnostics(again.error());
  EXPECT_EQ(again->cluster.count(Role::kScheduler), 1U);
  ASSERT_TRUE(again->cluster.monitoring);
  EXPECT_EQ(again->cluster.monitoring->policy, RestartPolicy::kAlways);
  ASSERT_EQ(again->recovery_order.size(), 2U);
  EXPECT_EQ(again->recovery_order[0].within, std::chrono::seconds(30));
  EXPECT_FALSE(again->recovery_order[1].within);
  EXPECT_EQ(again->checklist, std::vector{Check::kQueue});
}

}  // namespace
}  // namespace aftershock
