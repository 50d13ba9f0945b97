// Whole drills about the stores: an outage of secrets loses no job; what became of artifacts is
// counted; a secret that gets out fails the drill.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/small_drill.h"

namespace aftershock {
namespace {

DrillReport run(const std::string& fault, std::uint64_t seed) {
  SmallDrill drill;
  drill.disaster = "faults:\n  - " + fault;
  drill.jobs = "{shape: chain, duration: {min: 1s, max: 5s}, artifacts: 1, secrets: 2}";
  drill.canary_limit = "15s";
  drill.observation = "20m";
  drill.rto = "target: 5m, max: 10m, recovered_when: drained";
  return run(drill, seed);
}

const InvariantReport& invariant(const DrillReport& report, const std::string& name) {
  return *std::ranges::find(report.invariants, name, &InvariantReport::name);
}

std::string why(const DrillReport& report) {
  return report.reasons.empty() ? "" : report.reasons[0];
}

TEST(DrillStores, two_minutes_without_secrets_lose_no_job) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const DrillReport report = run(
        "{fault: secrets.outage, target: {role: secrets, mode: all}, at: 60s, duration: 2m}", seed);
    EXPECT_EQ(report.verdict, Verdict::pass) << why(report);
    EXPECT_EQ(report.workload.succeeded, report.workload.acknowledged);
    EXPECT_EQ(report.workload.failed, 0U);
    EXPECT_GT(invariant(report, "secrets-unlogged").checks, 1000U);
  }
}

TEST(DrillStores, what_retention_deleted_is_counted_and_no_rule_is_broken) {
  const DrillReport report =
      run("{fault: artifacts.retention, target: {role: artifacts, mode: all}, at: 60s, "
          "duration: 2m, parameters: {age: 30s}}",
          1);
  EXPECT_EQ(report.verdict, Verdict::pass) << why(report);
  EXPECT_GT(report.rpo.dangling, 100U);
  EXPECT_EQ(report.canary.failed, 0U) << "a canary's artifact is younger than the age";
}

TEST(DrillStores, the_canary_notices_artifacts_that_are_deleted_at_once_or_damaged) {
  for (const std::string fault : {"artifacts.retention, parameters: {age: 0s}",
                                  "artifacts.corrupt, parameters: {percent: 100%}"}) {
    const DrillReport report = run("{fault: " + fault +
                                       ", target: {role: artifacts, mode: all}, at: 60s, "
                                       "duration: 2m}",
                                   1);
    EXPECT_EQ(report.verdict, Verdict::pass) << why(report);
    EXPECT_GT(report.canary.failed, 5U) << fault;
    EXPECT_GT(report.rpo.dangling, 100U) << fault;
    EXPECT_GT(report.rto.measured.value().lower, std::chrono::minutes(1)) << fault;
  }
}

TEST(DrillStores, no_reference_dangles_when_nothing_happens_to_the_store) {
  const DrillReport report =
      run("{fault: queue.outage, target: {role: queue, mode: all}, at: 60s, duration: 30s}", 1);
  EXPECT_EQ(report.verdict, Verdict::pass) << why(report);
  EXPECT_EQ(report.rpo.dangling, 0U);
}

}  // namespace
}  // namespace aftershock
