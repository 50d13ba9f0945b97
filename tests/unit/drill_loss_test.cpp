// Drills in which acknowledged commits are lost: the loss is measured and found by the one rule
// that is about it, and no other checker takes what came back for a broken rule.
#include <gtest/gtest.h>

#include "harness/drill.h"
#include "harness/scenario/loader.h"

namespace aftershock {
namespace {

DrillReport run(const std::string& disaster, const std::string& expect, std::uint64_t seed) {
  const std::string text = R"(
scenario: loss
title: Commits are lost
source: {document: a-test, section: one}
rationale: None.
cluster:
  orchestrators: {count: 2, restart: {policy: always, delay: 5s}}
  runners: {count: 4, slots: 2, restart: {policy: always, delay: 5s}}
workload:
  rate: 0.4/s
  jobs: {shape: chain, duration: {min: 1s, max: 5s}, artifacts: 1, failure: 2%, cancel: 5%}
steady_state: {warm_up: 60s, canary: {interval: 5s, limit: 20s, job_duration: 1s}, window: 60s}
)" + disaster + R"(
observation: 15m
objectives:
  rto: {target: 5m, max: 10m, recovered_when: service, stated_by: derived, derivation: Ample.}
  rpo: {target: 5m, max: 5m, stated_by: derived, derivation: Ample.}
expect: )" + expect + "\n";
  auto scenario = parse_scenario(text, "loss.yaml");
  if (!scenario) throw std::runtime_error(format_diagnostics(scenario.error()));
  return run_simulated(*scenario, {.seed = seed});
}

std::string why(const DrillReport& report) {
  std::string text;
  for (const std::string& reason : report.reasons) text += reason + "\n";
  for (const ViolationReport& violation : report.violations) {
    text += violation.invariant + ": " + violation.message + "\n";
  }
  return text;
}

TEST(Losses, a_lying_disk_and_a_power_failure_lose_what_was_acknowledged) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const DrillReport report = run(R"(
faults:
  - {fault: disk.lose_unsynced, target: {role: database, mode: all}, at: 20s, duration: 60s}
  - {fault: database.crash, target: {role: database, mode: all}, at: 60s,
     parameters: {downtime: 5s}})",
                                   "{violates: acked-is-durable}", seed);
    EXPECT_EQ(report.verdict, Verdict::pass) << why(report);
    EXPECT_GT(report.rpo.lost, 0U);
  }
}

TEST(Losses, a_lost_disk_loses_what_was_not_archived) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const DrillReport report = run(R"(
faults:
  - {fault: database.corrupt, id: lost, target: {role: database, mode: all}, at: 50s, duration: 5m,
     parameters: {what: all}}
runbook:
  - {step: restore_database, id: restore, by: operator, after: {time: 60s}, delay: 30s}
)",
                                   "{violates: acked-is-durable}", seed);
    EXPECT_EQ(report.verdict, Verdict::pass) << why(report);
    EXPECT_GT(report.rpo.lost, 0U);
  }
}

}  // namespace
}  // namespace aftershock
