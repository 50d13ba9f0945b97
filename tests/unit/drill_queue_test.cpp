// The queue's steps of a runbook in a whole drill: a failover, a restore, and where they cannot be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/small_drill.h"

namespace aftershock {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

DrillReport run_with(const std::string& queue, const std::string& faults, const std::string& step) {
  SmallDrill drill;
  drill.queue = queue;
  drill.disaster = "settings: {dispatch_fallback: false}\nfaults:\n" + faults +
                   "runbook:\n  - {step: " + step + ", by: automation, after: {alert: QueueDown}}";
  return run(drill, 1);
}

constexpr const char* kPower = R"(
  - {fault: queue.crash, target: {role: queue, mode: all}, at: 20s, parameters: {downtime: 5m}}
)";
constexpr const char* kPowerOfBoth = R"(
  - {fault: queue.crash, target: {role: queue_replica, mode: all}, at: 19s,
     parameters: {downtime: 5m}}
  - {fault: queue.crash, target: {role: queue, mode: all}, at: 20s, parameters: {downtime: 5m}}
)";

TEST(QueueDrill, AReplicaTakesOver) {
  const DrillReport report = run_with("{replicas: 2}", kPower, "promote_queue_replica");
  EXPECT_EQ(report.verdict, Verdict::pass) << testing::PrintToString(report.reasons);
  ASSERT_EQ(report.runbook.size(), 1U);
  EXPECT_TRUE(report.runbook[0].done);
  EXPECT_THAT(report.runbook[0].outcome, StartsWith("queue_replica-"));
}

TEST(QueueDrill, WithoutAReplicaThatRunsTheDrillIsInconclusive) {
  const DrillReport report = run_with("{replicas: 1}", kPowerOfBoth, "promote_queue_replica");
  ASSERT_EQ(report.runbook.size(), 1U);
  EXPECT_FALSE(report.runbook[0].done);
  EXPECT_EQ(report.runbook[0].outcome, "no replica can be promoted");
  EXPECT_EQ(report.verdict, Verdict::inconclusive);
}

TEST(QueueDrill, ARestoreBringsBackAQueueWhoseFilesAreDamaged) {
  const DrillReport report = run_with(
      "{persistence: snapshot, backup_interval: 1m}",
      "  - {fault: queue.corrupt, target: {role: queue, mode: all}, at: 20s}\n", "restore_queue");
  EXPECT_EQ(report.verdict, Verdict::pass) << testing::PrintToString(report.reasons);
  ASSERT_EQ(report.runbook.size(), 1U);
  EXPECT_THAT(report.runbook[0].outcome, StartsWith("restored the backup of 60.000s"));
  EXPECT_THAT(report.runbook[0].outcome, HasSubstr("is kept aside"));
}

}  // namespace
}  // namespace aftershock
