// Every kind of fault on a small cluster: it bites, its proof says so, and the cluster recovers
// once it is over. A fault that nothing could notice is inconclusive.
#include <gtest/gtest.h>

#include "harness/scenario/fault_catalogue.h"
#include "tests/unit/small_drill.h"

namespace aftershock {
namespace {

struct FaultCase {
  std::string kind;
  std::string yaml;
  std::string expect = "pass";
  std::string database = "{}";
};

DrillReport run(const std::string& fault, std::uint64_t seed, const std::string& expect = "pass",
                const std::string& servers = "{}") {
  SmallDrill drill;
  drill.database = servers;
  drill.disaster = "faults:\n  - " + fault;
  drill.jobs =
      "{shape: chain, duration: {min: 1s, max: 5s}, steps: 3, artifacts: 1, secrets: 1,\n"
      "  failure: 2%, cancel: 5%}";
  drill.canary_limit = "15s";
  drill.expect = expect;
  return run(drill, seed);
}

const std::string at = ", at: 20s";
const std::string lasting = ", at: 20s, duration: 40s";
const std::string orchestrator = ", target: {role: orchestrator, mode: one}";
const std::string runners = ", target: {role: runner, mode: fixed, value: 2}";
const std::string database = ", target: {role: database, mode: all}";
const std::string standby = ", target: {role: standby, mode: one}";
const std::string queue = ", target: {role: queue, mode: all}";
const std::string artifacts = ", target: {role: artifacts, mode: all}";
const std::string secrets = ", target: {role: secrets, mode: all}";
const std::string control_plane = ", target: {role: orchestrator, mode: all}";

std::vector<FaultCase> process_cases() {
  return {
      {"process.kill", "{fault: process.kill" + orchestrator + at + "}"},
      {"process.stop", "{fault: process.stop" + runners + at + "}"},
      {"process.pause", "{fault: process.pause" + orchestrator + lasting + "}"},
      {"process.restart", "{fault: process.restart" + runners + at + "}"},
      {"process.crash_loop",
       "{fault: process.crash_loop" + orchestrator + lasting + ", parameters: {period: 2s}}"},
      {"process.oom", "{fault: process.oom" + runners + at + "}"},
      {"process.panic", "{fault: process.panic" + orchestrator + at + "}"},
      {"process.cpu_stress",
       "{fault: process.cpu_stress" + runners + lasting + ", parameters: {delay: 2s}}"},
      {"clock.drift",
       "{fault: clock.drift" + runners + lasting + ", parameters: {rate: 5%, direction: slow}}"},
      {"clock.offset",
       "{fault: clock.offset" + database + lasting + ", parameters: {by: 5m, direction: behind}}"},
      {"clock.strobe",
       "{fault: clock.strobe" + database + lasting + ", parameters: {by: 30s, period: 5s}}"},
      {"clock.jump", "{fault: clock.jump" + orchestrator + at + ", parameters: {by: 10m}}"},
      {"network.partition",
       "{fault: network.partition" + runners + lasting + ", parameters: {to: orchestrator}}"},
      {"network.hold",
       "{fault: network.hold" + runners + lasting + ", parameters: {to: rest, direction: to}}"},
      {"network.delay", "{fault: network.delay" + runners + lasting +
                            ", parameters: {latency: 200ms, jitter: 50ms}}"},
      {"network.loss",
       "{fault: network.loss" + orchestrator + lasting + ", parameters: {percent: 20%}}"},
      {"network.reorder", "{fault: network.reorder" + orchestrator + lasting +
                              ", parameters: {percent: 10%, latency: 500ms}}"},
      {"network.bandwidth",
       "{fault: network.bandwidth" + orchestrator + lasting + ", parameters: {kbit: 200}}"},
      {"network.reset", "{fault: network.reset" + database + lasting + "}"},
  };
}

std::vector<FaultCase> database_cases() {
  return {
      {"database.crash",
       "{fault: database.crash" + database + at + ", parameters: {downtime: 30s}}"},
      {"database.outage", "{fault: database.outage" + database + lasting + "}"},
      {"database.drop_connections", "{fault: database.drop_connections" + database + at + "}"},
      {"database.in_doubt_commit", "{fault: database.in_doubt_commit" + database + lasting + "}"},
      {"database.slow", "{fault: database.slow" + database + lasting +
                            ", parameters: {latency: 50ms, jitter: 50ms}}"},
      {"database.exhaust_connections",
       "{fault: database.exhaust_connections" + database + lasting + "}"},
      {"database.read_only", "{fault: database.read_only" + database + lasting + "}"},
      {"database.lock_hold",
       "{fault: database.lock_hold" + database + lasting + ", parameters: {rows: attempts}}"},
      {"database.corrupt",
       "{fault: database.corrupt" + database + lasting + ", parameters: {what: rows}}"},
      {"database.restore", "{fault: database.restore" + database + at + "}"},
      {"database.edit_row",
       "{fault: database.edit_row" + database + at + ", parameters: {what: attempt_state}}",
       "{violates: audit-replays}"},
      {"lease.ttl_shrink", "{fault: lease.ttl_shrink" + database + at + ", parameters: {ttl: 5s}}"},
      {"lease.expire_all", "{fault: lease.expire_all" + database + at + "}"},
      {"disk.latency", "{fault: disk.latency" + database + lasting +
                           ", parameters: {latency: 50ms, jitter: 50ms}}"},
      {"disk.error", "{fault: disk.error" + database + lasting + ", parameters: {percent: 20%}}"},
      {"disk.full", "{fault: disk.full" + database + lasting + "}"},
      {"disk.lose_unsynced", "{fault: disk.lose_unsynced" + database + lasting + "}"},
      {"disk.torn_write",
       "{fault: disk.torn_write" + database + at + ", parameters: {downtime: 10s}}"},
      {"disk.bitflip", "{fault: disk.bitflip" + database + at + "}"},
  };
}

std::vector<FaultCase> replication_cases() {
  const std::string synchronous = "{standbys: 2, synchronous: first}";
  return {
      {"database.failover", "{fault: database.failover" + database + at + "}", "pass", synchronous},
      {"database.promote",
       "{fault: database.promote, target: {role: standby, mode: fixed, value: [0]}" + at + "}",
       "pass", synchronous},
      {"database.replication_lag",
       "{fault: database.replication_lag" + standby + lasting + ", parameters: {delay: 10s}}",
       "pass", "{standbys: 2}"},
  };
}

std::vector<FaultCase> store_cases() {
  return {
      {"queue.outage", "{fault: queue.outage" + queue + lasting + "}"},
      {"queue.slow", "{fault: queue.slow" + queue + lasting + ", parameters: {latency: 2s}}"},
      {"queue.crash", "{fault: queue.crash" + queue + at + ", parameters: {downtime: 20s}}"},
      {"queue.corrupt", "{fault: queue.corrupt" + queue + at + "}"},
      {"queue.lose", "{fault: queue.lose" + queue + lasting + ", parameters: {percent: 50%}}"},
      {"queue.duplicate", "{fault: queue.duplicate" + queue + lasting + "}"},
      {"queue.reorder", "{fault: queue.reorder" + queue + lasting + "}"},
      {"queue.stall", "{fault: queue.stall" + queue + lasting + "}"},
      {"queue.trim", "{fault: queue.trim" + queue + lasting + ", parameters: {length: 0}}"},
      {"artifacts.outage", "{fault: artifacts.outage" + artifacts + lasting + "}"},
      {"artifacts.error",
       "{fault: artifacts.error" + artifacts + lasting + ", parameters: {percent: 50%}}"},
      {"artifacts.slow",
       "{fault: artifacts.slow" + artifacts + lasting + ", parameters: {latency: 3s}}"},
      {"artifacts.permission", "{fault: artifacts.permission" + artifacts + lasting + "}"},
      {"artifacts.retention",
       "{fault: artifacts.retention" + artifacts + lasting + ", parameters: {age: 10s}}"},
      {"artifacts.corrupt", "{fault: artifacts.corrupt" + artifacts + lasting + "}"},
      {"artifacts.partial_upload", "{fault: artifacts.partial_upload" + artifacts + lasting +
                                       ", parameters: {percent: 50%, visible: true}}"},
      {"secrets.outage", "{fault: secrets.outage" + secrets + lasting + "}"},
      {"secrets.error",
       "{fault: secrets.error" + secrets + lasting + ", parameters: {percent: 50%}}"},
      {"secrets.slow", "{fault: secrets.slow" + secrets + lasting + ", parameters: {latency: 3s}}"},
      {"message.late", "{fault: message.late" + control_plane + lasting +
                           ", parameters: {delay: 2m, percent: 20%}}"},
      {"message.duplicate", "{fault: message.duplicate" + control_plane + lasting + "}"},
      {"message.garble", "{fault: message.garble" + control_plane + lasting + "}"},
      {"message.poison", "{fault: message.poison" + queue + at + ", parameters: {count: 10}}"},
  };
}

std::vector<FaultCase> cases() {
  std::vector<FaultCase> all = process_cases();
  for (const auto& more : {database_cases(), replication_cases(), store_cases()}) {
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

TEST(Faults, there_is_a_case_for_every_kind_in_the_catalogue) {
  std::vector<std::string> covered;
  for (const FaultCase& fault : cases()) covered.push_back(fault.kind);
  std::vector<std::string> all;
  for (const FaultInfo& info : fault_catalogue()) all.emplace_back(info.name);
  std::ranges::sort(covered);
  std::ranges::sort(all);
  EXPECT_EQ(covered, all);
}

TEST(Faults, each_bites_and_the_cluster_recovers) {
  for (const FaultCase& fault : cases()) {
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
      SCOPED_TRACE(fault.kind + " seed " + std::to_string(seed));
      const DrillReport report = run(fault.yaml, seed, fault.expect, fault.database);
      ASSERT_EQ(report.faults.size(), 1U);
      EXPECT_TRUE(report.faults[0].bit) << report.faults[0].evidence;
      EXPECT_EQ(report.verdict, Verdict::pass)
          << (report.reasons.empty() ? "no reason" : report.reasons[0]);
    }
  }
}

TEST(Faults, one_that_nobody_can_notice_is_inconclusive) {
  // The queue and the artifact store never talk to each other.
  const DrillReport report =
      run("{fault: network.partition, target: {role: queue, mode: all}, at: 20s, duration: 1s, "
          "parameters: {to: artifacts}}",
          1);
  EXPECT_FALSE(report.faults.at(0).bit);
  EXPECT_EQ(report.verdict, Verdict::inconclusive);
  ASSERT_FALSE(report.reasons.empty());
  EXPECT_NE(report.reasons[0].find("did not take effect"), std::string::npos);
}

}  // namespace
}  // namespace aftershock
