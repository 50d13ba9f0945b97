// Whole drills with all invariants on: seeds a second, and virtual against real time.
#include <benchmark/benchmark.h>

#include <stdexcept>

#include "harness/drill.h"
#include "harness/scenario/loader.h"
#include "harness/scenario/text.h"

namespace aftershock {
namespace {

Scenario load(const char* path) {
  auto scenario = load_scenario(path);
  if (!scenario) throw std::runtime_error(format_diagnostics(scenario.error()));
  return std::move(*scenario);
}

void run_drills(benchmark::State& state, const char* path) {
  const Scenario scenario = load(path);
  auto seed = static_cast<std::uint64_t>(state.thread_index()) * 1'000'000;
  sim::StackPool stacks;
  double virtual_seconds = 0;
  double steps = 0;
  for (auto _ : state) {
    const DrillReport report = run_simulated(scenario, {.seed = ++seed, .stacks = &stacks});
    if (report.verdict != Verdict::pass) state.SkipWithError("a drill did not pass");
    virtual_seconds += static_cast<double>(report.virtual_time.count()) / 1e9;
    steps += static_cast<double>(report.steps);
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["seeds/s"] =
      benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
  state.counters["virtual/real"] = benchmark::Counter(virtual_seconds, benchmark::Counter::kIsRate);
  state.counters["steps/s"] = benchmark::Counter(steps, benchmark::Counter::kIsRate);
}

// One simulation a thread, as a sweep runs them.
BENCHMARK_CAPTURE(run_drills, standard_drill, "bench/scenarios/standard-drill.yaml")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->Threads(1)
    ->Threads(2);
BENCHMARK_CAPTURE(run_drills, reference_cluster, "bench/scenarios/reference-cluster.yaml")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace aftershock
