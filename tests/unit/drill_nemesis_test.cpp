// Random faults: drawn by the seed, left out by the swarm, kept within the budget.
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "harness/nemesis.h"
#include "tests/unit/small_drill.h"

namespace aftershock {
namespace {

using namespace std::chrono_literals;

SmallDrill drill_with(const std::string& nemesis) {
  SmallDrill drill;
  drill.disaster = "nemesis:\n" + nemesis + R"(
  faults:
    - {fault: process.kill, target: {role: runner, mode: one}, every: 20s}
    - {fault: process.kill, target: {role: orchestrator, mode: one}, every: 40s}
    - fault: network.partition
      target: {role: runner, mode: random, value: 50%}
      every: 30s
      duration: {min: 5s, max: 20s}
      parameters: {to: orchestrator}
    - fault: database.crash
      target: {role: database, mode: all}
      every: 60s
      parameters: {downtime: 10s})";
  drill.rto = "target: 6m, max: 10m, recovered_when: service";
  return drill;
}

Scenario scenario(const std::string& nemesis) { return scenario_of(drill_with(nemesis)); }

std::set<std::string> kinds(const Scenario& drawn) {
  std::set<std::string> found;
  for (const FaultSpec& fault : drawn.faults)
    found.insert(fault.kind + name_of(fault.target.role).data());
  return found;
}

TEST(Nemesis, draws_the_same_for_the_same_seed_and_other_faults_for_another) {
  const Scenario given = scenario("  start: 10s\n  length: 3m");
  const auto times = [&given](std::uint64_t seed) {
    std::vector<delta::Duration> at;
    for (const FaultSpec& fault : with_nemesis(given, seed).faults) at.push_back(fault.at);
    return at;
  };
  EXPECT_EQ(times(1), times(1));
  EXPECT_NE(times(1), times(2));
}

TEST(Nemesis, keeps_to_its_time_and_its_budget) {
  const Scenario given = scenario("  start: 10s\n  length: 3m\n  swarm: 100%\n  at_once: 2");
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const Scenario drawn = with_nemesis(given, seed);
    ASSERT_FALSE(drawn.faults.empty());
    for (const FaultSpec& fault : drawn.faults) {
      EXPECT_GE(fault.at, 10s);
      EXPECT_LE(fault.end(), 190s);
      EXPECT_TRUE(fault.random);
      const auto beside = std::ranges::count_if(drawn.faults, [&fault](const FaultSpec& other) {
        return other.at <= fault.at && other.end() >= fault.at;
      });
      EXPECT_LE(beside, 2);
    }
  }
}

TEST(Nemesis, leaves_kinds_out_of_whole_drills) {
  const Scenario given = scenario("  start: 10s\n  length: 3m\n  swarm: 50%\n  at_once: 9");
  std::set<std::size_t> sizes;
  for (std::uint64_t seed = 1; seed <= 60; ++seed)
    sizes.insert(kinds(with_nemesis(given, seed)).size());
  EXPECT_EQ(sizes, (std::set<std::size_t>{1, 2, 3, 4}));
  const Scenario all = scenario("  start: 10s\n  length: 9m\n  swarm: 100%\n  at_once: 9");
  EXPECT_EQ(kinds(with_nemesis(all, 1)).size(), 4U);
}

TEST(Nemesis, is_recovered_from) {
  const Scenario given = scenario("  start: 10s\n  length: 3m");
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const DrillReport report = run_simulated(given, {.seed = seed});
    EXPECT_EQ(report.verdict, Verdict::pass)
        << "seed " << seed << ": " << (report.reasons.empty() ? "no reason" : report.reasons[0]);
  }
}

TEST(Nemesis, asks_for_nothing_but_safety_when_told_so) {
  const DrillReport report =
      run_simulated(scenario("  start: 10s\n  length: 3m\n  mode: safety_only"), {.seed = 1});
  EXPECT_EQ(report.verdict, Verdict::pass);
  for (const InvariantReport& invariant : report.invariants) {
    EXPECT_EQ(invariant.status == InvariantStatus::excepted, invariant.name == "recovers");
  }
}

TEST(Nemesis, fails_over_only_as_planned_where_nothing_may_be_lost) {
  const char* path = "scenarios/workflow/nemesis-failover.yaml";
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  std::string changed = text.str();
  ASSERT_TRUE(parse_scenario(changed, path));
  changed.replace(changed.find("planned: true"), 13, "planned: false");
  const auto loaded = parse_scenario(changed, path);
  ASSERT_FALSE(loaded);
  EXPECT_NE(format_diagnostics(loaded.error()).find("may lose data without 'planned'"),
            std::string::npos);
}

TEST(Nemesis, must_fit_into_the_observation) {
  const auto loaded =
      parse_scenario(text_of(drill_with("  start: 10m\n  length: 8m")), "small.yaml");
  ASSERT_FALSE(loaded);
  EXPECT_NE(format_diagnostics(loaded.error()).find("the nemesis lasts until"), std::string::npos);
}

}  // namespace
}  // namespace aftershock
