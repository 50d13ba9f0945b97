// Drills in which acknowledged commits are lost: the loss is measured and found by the one rule
// that is about it, and no other checker takes what came back for a broken rule.
#include <gtest/gtest.h>

#include "tests/unit/small_drill.h"

namespace aftershock {
namespace {

DrillReport run(const std::string& disaster, const std::string& expect, std::uint64_t seed) {
  SmallDrill drill;
  drill.disaster = disaster;
  drill.jobs =
      "{shape: chain, duration: {min: 1s, max: 5s}, artifacts: 1, failure: 2%, cancel: 5%}";
  drill.rpo = "target: 5m, max: 5m";
  drill.expect = expect;
  return run(drill, seed);
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
  - {fault: database.corrupt, id: lost, target: {role: database, mode: all}, at: 80s, duration: 5m,
     parameters: {what: all}}
runbook:
  - {step: restore_database, id: restore, by: operator, after: {time: 90s}, delay: 30s}
)",
                                   "{violates: acked-is-durable}", seed);
    EXPECT_EQ(report.verdict, Verdict::pass) << why(report);
    EXPECT_GT(report.rpo.lost, 0U);
  }
}

}  // namespace
}  // namespace aftershock
