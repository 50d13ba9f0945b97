// Faults that wait for a moment of the world, and faults that hit one target after another.
#include <gtest/gtest.h>

#include <set>

#include "harness/injections.h"
#include "tests/unit/small_drill.h"

namespace aftershock {
namespace {

using namespace std::chrono_literals;

Scenario drill_with(const std::string& fault) {
  return scenario_of({.disaster = "faults:\n  - " + fault});
}

DrillReport run(const std::string& fault, std::uint64_t seed) {
  return run_simulated(drill_with(fault), {.seed = seed});
}

TEST(Barriers, each_is_reached_and_hits_who_is_there) {
  for (const Role role : {Role::kOrchestrator, Role::kRunner}) {
    for (const std::string_view barrier : kBarrierNames) {
      const bool without_runner = barrier == "transaction.open" || barrier == "commit.durable";
      // Nothing expires in a healthy cluster.
      if ((role == Role::kRunner && without_runner) || barrier == "lease.expired") continue;
      SCOPED_TRACE(std::string(name_of(role)) + " at " + std::string(barrier));
      const DrillReport report =
          run("{fault: process.kill, target: {role: " + std::string(name_of(role)) +
                  ", mode: one}, at: 20s, barrier: {name: " + std::string(barrier) +
                  ", skip: 1, within: 5m}}",
              1);
      EXPECT_EQ(report.verdict, Verdict::pass)
          << (report.reasons.empty() ? "no reason" : report.reasons[0]);
      ASSERT_TRUE(report.faults[0].bit) << report.faults[0].evidence;
      EXPECT_GT(report.faults[0].effective->lower, 20s);
      ASSERT_EQ(report.faults[0].targets.size(), 1U);
      EXPECT_TRUE(report.faults[0].targets[0].starts_with(name_of(role)));
    }
  }
}

TEST(Barriers, one_that_is_never_reached_makes_the_drill_inconclusive) {
  const DrillReport report =
      run("{fault: process.kill, target: {role: runner, mode: one}, at: 20s, "
          "barrier: {name: lease.expired, within: 10s}}",
          1);
  EXPECT_FALSE(report.faults[0].bit);
  EXPECT_EQ(report.verdict, Verdict::inconclusive);
  EXPECT_NE(report.faults[0].evidence.find("was not reached"), std::string::npos);
}

TEST(Barriers, a_commit_that_is_durable_is_never_heard_of_by_who_is_killed_there) {
  const DrillReport report =
      run("{fault: process.kill, target: {role: orchestrator, mode: one}, at: 20s, "
          "barrier: {name: commit.durable}}",
          3);
  EXPECT_EQ(report.verdict, Verdict::pass);
  EXPECT_EQ(report.rpo.lost, 0U);
  EXPECT_EQ(report.rpo.duplicated, 0U);
}

TEST(Barriers, a_process_paused_in_a_transaction_does_not_stop_the_others) {
  const DrillReport report =
      run("{fault: process.pause, target: {role: orchestrator, mode: one}, at: 20s, duration: 60s, "
          "barrier: {name: transaction.open}}",
          2);
  EXPECT_EQ(report.verdict, Verdict::pass)
      << (report.reasons.empty() ? "no reason" : report.reasons[0]);
}

TEST(Stagger, hits_each_target_at_its_own_time_and_heals_in_another_order) {
  const Scenario scenario = drill_with(
      "{fault: network.partition, target: {role: runner, mode: all}, at: 20s, duration: 30s, "
      "stagger: {start: 9s, heal: 6s}, parameters: {to: orchestrator}}");
  bool another_order = false;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const std::vector<Injection> plan = plan_injections(scenario, seed);
    ASSERT_EQ(plan.size(), 4U);
    std::set<delta::Duration> starts;
    std::set<delta::Duration> heals;
    for (const Injection& injection : plan) {
      ASSERT_EQ(injection.targets.size(), 1U);
      starts.insert(injection.at);
      heals.insert(injection.heal_at);
      EXPECT_GE(injection.lasts(), 30s);
    }
    EXPECT_EQ(starts, (std::set<delta::Duration>{20s, 23s, 26s, 29s}));
    EXPECT_EQ(heals, (std::set<delta::Duration>{59s, 61s, 63s, 65s}));
    const auto rank = [](const auto& times, delta::Duration time) {
      return std::distance(times.begin(), times.find(time));
    };
    for (const Injection& injection : plan) {
      another_order = another_order || rank(starts, injection.at) != rank(heals, injection.heal_at);
    }
  }
  EXPECT_TRUE(another_order);
}

TEST(Stagger, is_reported_as_one_fault) {
  const DrillReport report =
      run("{fault: network.partition, target: {role: runner, mode: fixed, value: 2}, at: 20s, "
          "duration: 30s, stagger: {start: 10s, heal: 10s}, parameters: {to: orchestrator}}",
          1);
  EXPECT_EQ(report.verdict, Verdict::pass);
  ASSERT_EQ(report.faults.size(), 1U);
  EXPECT_TRUE(report.faults[0].bit);
  EXPECT_EQ(report.faults[0].targets.size(), 2U);
  EXPECT_EQ(report.faults[0].healed, 70s);
}

}  // namespace
}  // namespace aftershock
