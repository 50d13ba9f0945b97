// A small cluster's drill as a test writes it: what is disturbed and what is expected are the
// test's, all else is the same everywhere.
#pragma once

#include <stdexcept>
#include <string>

#include "harness/drill.h"
#include "harness/scenario/loader.h"

namespace aftershock {

struct SmallDrill {
  std::string disaster;         ///< `faults`, `nemesis`, `runbook`, ..., as a file has them
  std::string database = "{}";  ///< of the cluster
  std::string queue = "{}";     ///< likewise
  std::string services = "";    ///< the same: "\n  schedulers: ..."
  std::string jobs = "{shape: single, duration: {min: 3s, max: 8s}, artifacts: 1, cancel: 10%}";
  std::string canary_limit = "20s";
  std::string observation = "15m";
  std::string rto = "target: 5m, max: 10m, recovered_when: service";
  std::string rpo = "target: 0s, max: 0s";
  std::string expect = "pass";
};

inline std::string text_of(const SmallDrill& drill) {
  return R"(
scenario: small
title: A small cluster in trouble
source: {document: a-test, section: one}
rationale: None.
cluster:
  orchestrators: {count: 2, restart: {policy: always, delay: 5s}}
  runners: {count: 4, slots: 2, restart: {policy: always, delay: 5s}}
  database: )" +
         drill.database + "\n  queue: " + drill.queue + drill.services + R"(
workload: {rate: 0.4/s, jobs: )" +
         drill.jobs + R"(}
steady_state:
  warm_up: 60s
  canary: {interval: 5s, limit: )" +
         drill.canary_limit + R"(, job_duration: 1s}
  window: 60s
)" + drill.disaster +
         R"(
observation: )" +
         drill.observation + R"(
objectives:
  rto: {)" +
         drill.rto +
         R"(, stated_by: derived, derivation: Ample.}
  rpo: {)" +
         drill.rpo +
         R"(, stated_by: derived, derivation: Ample.}
expect: )" +
         drill.expect + "\n";
}

inline Scenario scenario_of(const SmallDrill& drill) {
  auto scenario = parse_scenario(text_of(drill), "small.yaml");
  if (!scenario) throw std::runtime_error(format_diagnostics(scenario.error()));
  return std::move(*scenario);
}

inline DrillReport run(const SmallDrill& drill, std::uint64_t seed) {
  return run_simulated(scenario_of(drill), {.seed = seed});
}

}  // namespace aftershock
