// Whole drills in the simulated world: verdicts, and the same digest for the same seed.
#include "harness/drill.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>

#include "harness/scenario/loader.h"

namespace aftershock {
namespace {

Scenario load(const std::string& name) {
  auto scenario = load_scenario("scenarios/" + name + ".yaml");
  if (!scenario) throw std::runtime_error(format_diagnostics(scenario.error()));
  return std::move(*scenario);
}

std::vector<std::string> committed_scenarios() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("scenarios")) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path().string());
  }
  std::ranges::sort(files);
  return files;
}

/// What is wrong with a drill of this file; empty: nothing.
std::string trouble_with(const std::string& file, std::uint64_t seed) {
  const auto scenario = load_scenario(file);
  if (!scenario) return format_diagnostics(scenario.error());
  const DrillReport report = run_simulated(*scenario, {.seed = seed});
  if (report.verdict == Verdict::pass) return "";
  return report.replay + ": " + (report.reasons.empty() ? "no reason" : report.reasons[0]) + "\n";
}

TEST(Drill, every_committed_scenario_passes_with_several_seeds) {
  constexpr std::uint64_t seeds = 4;
  const std::vector<std::string> files = committed_scenarios();
  ASSERT_GT(files.size(), 40U);
  std::atomic<std::size_t> next = 0;
  std::vector<std::string> found(files.size() * seeds);
  const auto work = [&] {
    for (std::size_t i = next++; i < found.size(); i = next++) {
      found[i] = trouble_with(files[i / seeds], 1 + i % seeds);
    }
  };
  std::thread beside(work);
  work();
  beside.join();
  for (const std::string& trouble : found) EXPECT_EQ(trouble, "");
}

TEST(Drill, the_same_seed_gives_the_same_digest_and_another_seed_another) {
  const Scenario scenario = load("delta-ci/orchestrator-crash");
  const DrillReport first = run_simulated(scenario, {.seed = 7});
  const DrillReport other = run_simulated(scenario, {.seed = 8});
  const DrillReport again = run_simulated(scenario, {.seed = 7});
  EXPECT_EQ(first.digest, again.digest) << "after another seed in the same process";
  EXPECT_EQ(first.steps, again.steps);
  EXPECT_NE(first.digest, other.digest);
}

TEST(Drill, a_step_log_does_not_change_the_run_and_shows_where_two_seeds_part) {
  const Scenario scenario = load("delta-ci/runner-crash");
  sim::StepLog log;
  sim::StepLog same;
  sim::StepLog other;
  const DrillReport logged = run_simulated(scenario, {.seed = 3, .step_log = &log});
  run_simulated(scenario, {.seed = 3, .step_log = &same});
  run_simulated(scenario, {.seed = 4, .step_log = &other});
  EXPECT_EQ(logged.digest, run_simulated(scenario, {.seed = 3}).digest);
  EXPECT_FALSE(first_divergence(log, same));
  const auto divergence = first_divergence(log, other);
  ASSERT_TRUE(divergence);
  EXPECT_FALSE(divergence->description.empty());
}

TEST(Drill, runs_in_several_threads_at_once_with_the_same_digests) {
  const Scenario scenario = load("delta-ci/runner-crash");
  std::vector<std::string> alone;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    alone.push_back(run_simulated(scenario, {.seed = seed}).digest);
  }
  std::vector<std::string> together(alone.size());
  std::vector<std::thread> threads;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    threads.emplace_back([&scenario, &together, seed] {
      together[seed - 1] = run_simulated(scenario, {.seed = seed}).digest;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(alone, together);
}

TEST(Drill, a_breached_objective_fails_and_says_so) {
  Scenario scenario = load("delta-ci/orchestrator-crash");
  scenario.objectives.rto.target = std::chrono::seconds(1);
  scenario.objectives.rto.max = std::chrono::seconds(2);
  const DrillReport report = run_simulated(scenario, {.seed = 1});
  EXPECT_EQ(report.verdict, Verdict::fail);
  ASSERT_FALSE(report.reasons.empty());
  EXPECT_NE(report.reasons[0].find("RTO breached"), std::string::npos);
}

TEST(Drill, an_expected_violation_that_does_not_come_fails) {
  Scenario scenario = load("delta-ci/runner-crash");
  scenario.violates = "fenced-completion";
  EXPECT_EQ(run_simulated(scenario, {.seed = 1}).verdict, Verdict::fail);
}

TEST(Drill, without_a_steady_state_it_is_inconclusive) {
  Scenario scenario = load("delta-ci/runner-crash");
  scenario.cluster.runners.slots = 1;
  scenario.cluster.runners.count = 3;  // far too few for the load
  scenario.faults[0].target.count = 1;
  EXPECT_EQ(run_simulated(scenario, {.seed = 1}).verdict, Verdict::inconclusive);
}

TEST(Drill, that_claims_a_rare_path_in_vain_is_inconclusive) {
  Scenario scenario = load("delta-ci/orchestrator-crash");
  scenario.exercises.push_back({"run-timed-out", 1});
  const DrillReport report = run_simulated(scenario, {.seed = 1});
  EXPECT_EQ(report.verdict, Verdict::inconclusive);
  ASSERT_FALSE(report.reasons.empty());
  EXPECT_NE(report.reasons[0].find("claims run-timed-out"), std::string::npos);
}

TEST(Drill, progress_moves_forward_through_the_phases) {
  const Scenario scenario = load("delta-ci/runner-crash");
  std::vector<std::string> phases;
  delta::Duration last{};
  DrillOptions options;
  options.progress = [&phases, &last](const Progress& progress) {
    if (phases.empty() || phases.back() != progress.phase) phases.emplace_back(progress.phase);
    EXPECT_GE(progress.elapsed, last);
    last = progress.elapsed;
  };
  run_simulated(scenario, options);
  EXPECT_EQ(phases, (std::vector<std::string>{"warm-up", "inject", "recover", "quiesce"}));
}

}  // namespace
}  // namespace aftershock
