// The trace of one small drill as people read it: tests/golden/trace.txt, to be reviewed by eye. It
// changes with whatever moves the simulated product. UPDATE_GOLDENS=1 rewrites it.
#include <gtest/gtest.h>

#include <sstream>

#include "harness/drill.h"
#include "harness/scenario/loader.h"
#include "reports/trace_text.h"
#include "tests/golden/golden_file.h"

namespace aftershock {
namespace {

using namespace std::chrono_literals;

constexpr const char* kGolden = "tests/golden/trace.txt";

/// One runner is killed while it works, another is cut off; the job of the first is done again.
constexpr const char* kDrill = R"(
scenario: golden
title: A trace to look at
source: {document: a-test, section: one}
rationale: None.
cluster:
  orchestrators: {count: 1, restart: {policy: always, delay: 5s}}
  runners: {count: 2, slots: 1, restart: {policy: always, delay: 5s}}
settings: {lease_ttl: 20s, heartbeat_interval: 5s, ack_window: 10s, fence_margin: 3s}
workload: {rate: 6/min, jobs: {shape: single, duration: {min: 4s, max: 6s}, artifacts: 1}}
steady_state:
  warm_up: 30s
  canary: {interval: 20s, limit: 25s, job_duration: 1s}
  window: 30s
faults:
  - id: kill
    fault: process.kill
    target: {role: runner, mode: one}
    at: 0s
    barrier: {name: attempt.running, within: 60s}
  - id: cut
    fault: network.partition
    target: {role: runner, mode: fixed, value: [1]}
    at: 80s
    duration: 10s
    parameters: {to: orchestrator}
observation: 5m
objectives:
  rto: {target: 2m, max: 4m, recovered_when: affected_work, stated_by: derived, derivation: Ample.}
  rpo: {target: 0s, max: 0s, stated_by: derived, derivation: Ample.}
expect: pass
)";

struct Traced {
  DrillReport report;
  Trace trace;
};

Traced traced() {
  const auto scenario = parse_scenario(kDrill, "golden.yaml");
  if (!scenario) throw std::runtime_error(format_diagnostics(scenario.error()));
  Traced traced;
  traced.report = run_simulated(*scenario, {.seed = 1, .trace = &traced.trace});
  return traced;
}

/// The run whose attempt was live when its runner was killed.
std::string retried_run(const Trace& trace) {
  for (const TraceEvent& event : trace.events) {
    if (event.kind == TraceKind::commit && event.what == "expire") {
      return to_string(event.about.front().run);
    }
  }
  return "";
}

std::string drawn() {
  const Traced drill = traced();
  std::ostringstream out;
  const auto write = [&](const char* title, const TraceFilter& filter) {
    out << (out.str().empty() ? "" : "\n") << "== " << title << "\n";
    write_text(drill.trace, filter, {.log = true}, out);
  };
  using enum TraceKind;
  write("the drill", {.kinds = {phase, fault, runbook, process, database, alert, violation}});
  write("the run whose lease was lost", {.runs = {retried_run(drill.trace)}});
  write("the runner that was cut off", {.hosts = {"runner-1"},
                                        .kinds = {fault, network, request, answer},
                                        .from = 79s,
                                        .until = 95s});
  return out.str();
}

TEST(GoldenTrace, is_what_the_file_says) { delta::test::expect_golden(kGolden, drawn()); }

}  // namespace
}  // namespace aftershock
