// Disasters of hosts and their clocks as whole drills: every invariant holds through them.
#include <gtest/gtest.h>

#include "harness/drill.h"
#include "harness/scenario/loader.h"

namespace aftershock {
namespace {

Scenario scenario(const std::string& faults, const std::string& duration) {
  const std::string text = R"(
scenario: hosts
title: Hosts in trouble
source: {document: a-test, section: one}
rationale: None.
cluster:
  orchestrators: {count: 2, restart: {policy: always, delay: 5s}}
  runners: {count: 6, slots: 2, restart: {policy: always, delay: 5s}}
workload:
  rate: 0.1/s
  jobs: {shape: single, duration: )" +
                           duration + R"(, artifacts: 1}
steady_state:
  warm_up: 3m
  canary: {interval: 5s, limit: 60s, job_duration: 1s}
  window: 60s
faults:
)" + faults + R"(
observation: 25m
objectives:
  rto: {target: 10m, max: 20m, recovered_when: service, stated_by: derived, derivation: Ample.}
  rpo: {target: 0s, max: 0s, stated_by: derived, derivation: Nothing is lost.}
expect: pass
)";
  auto parsed = parse_scenario(text, "hosts.yaml");
  if (!parsed) throw std::runtime_error(format_diagnostics(parsed.error()));
  return std::move(*parsed);
}

/// Every seed must pass; returns the leases that were lost in all of them.
std::uint64_t run_seeds(const Scenario& given) {
  std::uint64_t lost_leases = 0;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const DrillReport report = run_simulated(given, {.seed = seed});
    EXPECT_EQ(report.verdict, Verdict::pass)
        << (report.reasons.empty() ? "no reason" : report.reasons[0]);
    EXPECT_TRUE(report.violations.empty());
    for (const FaultReport& fault : report.faults) EXPECT_TRUE(fault.bit) << fault.evidence;
    lost_leases += report.workload.lost_leases;
  }
  return lost_leases;
}

TEST(HostDrills, slow_clocks_behind_a_partition_break_no_rule) {
  // Their runners work for 10 s longer than their leases live: see runner_clock_test.cpp.
  const std::uint64_t lost_leases = run_seeds(scenario(R"(
  - {fault: clock.drift, target: {role: runner, mode: fixed, value: [0, 1, 2]}, at: 0s,
     duration: 10m, parameters: {rate: 15%, direction: slow}}
  - {fault: network.partition, target: {role: runner, mode: fixed, value: [0, 1, 2]}, at: 10s,
     duration: 3m, parameters: {to: orchestrator}}
)",
                                                       "{min: 60s, max: 140s}"));
  EXPECT_GT(lost_leases, 0U);
}

TEST(HostDrills, overloaded_runners_lose_their_leases_and_the_work_is_done_all_the_same) {
  const std::uint64_t lost_leases = run_seeds(scenario(R"(
  - {fault: process.cpu_stress, target: {role: runner, mode: fixed, value: [0, 1, 2]}, at: 0s,
     duration: 5m, parameters: {delay: 60s}}
)",
                                                       "{min: 30s, max: 60s}"));
  EXPECT_GT(lost_leases, 0U);
}

TEST(HostDrills, power_is_lost_and_comes_back_and_nothing_else_is) {
  run_seeds(scenario(R"(
  - {fault: process.kill, target: {role: orchestrator, mode: one}, at: 10s,
     parameters: {power_loss: true}}
  - {fault: process.kill, target: {role: runner, mode: fixed, value: 3}, at: 20s,
     parameters: {power_loss: true}}
)",
                     "{min: 5s, max: 20s}"));
}

TEST(HostDrills, messages_held_for_longer_than_a_lease_arrive_late_and_change_nothing) {
  const std::uint64_t lost_leases = run_seeds(scenario(R"(
  - {fault: network.hold, target: {role: runner, mode: fixed, value: [0, 1, 2]}, at: 10s,
     duration: 150s, parameters: {to: orchestrator}}
)",
                                                       "{min: 10s, max: 60s}"));
  EXPECT_GT(lost_leases, 0U);
}

TEST(HostDrills, two_faults_on_one_link_are_lifted_one_by_one) {
  run_seeds(scenario(R"(
  - {fault: network.partition, target: {role: orchestrator, mode: all}, at: 10s, duration: 60s,
     parameters: {to: runner, first: 3}}
  - {fault: network.partition, target: {role: runner, mode: fixed, value: [1, 2]}, at: 20s,
     duration: 90s, parameters: {to: rest}}
  - {fault: network.delay, target: {role: orchestrator, mode: all}, at: 15s, duration: 60s,
     parameters: {latency: 300ms, jitter: 100ms}}
)",
                     "{min: 5s, max: 20s}"));
}

}  // namespace
}  // namespace aftershock
