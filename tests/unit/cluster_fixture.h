// A small simulated cluster to talk to: orchestrators, and runners only where a test asks for them.
#pragma once

#include <gtest/gtest.h>

#include "harness/engine/workload.h"
#include "harness/scenario/loader.h"
#include "harness/worlds/programs.h"
#include "harness/worlds/simulated_cluster.h"

namespace aftershock {

struct ClusterOptions {
  std::uint32_t orchestrators = 2;
  std::uint32_t runners = 1;
  std::string settings = "{}";
};

inline Scenario cluster_scenario(const ClusterOptions& options) {
  const std::string text = R"(
scenario: cluster
title: A cluster to talk to
source: {document: a-test, section: one}
rationale: None.
cluster:
  orchestrators: {count: )" +
                           std::to_string(options.orchestrators) +
                           R"(, restart: {policy: always, delay: 5s}}
  runners: {count: )" + std::to_string(options.runners) +
                           R"(, slots: 2, restart: {policy: always, delay: 5s}}
settings: )" + options.settings +
                           R"(
workload: {rate: 0.1/s, jobs: {shape: single, duration: {min: 1s, max: 1s}}}
steady_state: {warm_up: 60s, canary: {interval: 5s, limit: 15s, job_duration: 1s}, window: 60s}
faults:
  - {fault: process.kill, target: {role: orchestrator, mode: one}, at: 1s}
observation: 30m
objectives:
  rto: {target: 1m, max: 2m, recovered_when: service, stated_by: derived, derivation: None.}
  rpo: {target: 0s, max: 0s, stated_by: derived, derivation: None.}
expect: pass
)";
  auto scenario = parse_scenario(text, "cluster.yaml");
  if (!scenario) throw std::runtime_error(format_diagnostics(scenario.error()));
  return std::move(*scenario);
}

class ClusterTest : public testing::Test {
 protected:
  /// Starts the cluster and runs `body` as the client outside. The fault is not injected.
  template <class Body>
  void run(const ClusterOptions& options, Body body) {
    scenario_ = cluster_scenario(options);
    kernel_ = std::make_unique<sim::Kernel>(sim::KernelOptions{.seed = 1});
    const ObservedTransport::Observer nobody{
        [] { return 0U; }, [](const delta::Request&, const delta::Response&, std::uint64_t) {}};
    cluster_ = std::make_unique<SimulatedCluster>(*kernel_, scenario_, 1, nobody);
    kernel_->run([this, &body] {
      cluster_->start();
      body();
    });
  }
  void wait(delta::Duration time) { kernel_->sleep_until(kernel_->now() + time); }

  std::expected<delta::Response, delta::CallError> call(delta::Request request,
                                                        std::size_t endpoint = 0) {
    return cluster_->transport().call(endpoint, std::move(request), std::chrono::seconds(30));
  }
  static delta::OperationId operation(std::uint64_t number) { return {1, number}; }
  static delta::SharedSpec job(delta::Duration duration, std::string name = "run") {
    delta::RunSpec spec;
    spec.name = std::move(name);
    spec.jobs.emplace_back().command = work_command(duration, 0, 1);
    return prepare(std::move(spec)).value();
  }
  /// Submits and returns the run; nil when it was not acknowledged.
  delta::RunId submit(std::uint64_t key, const delta::SharedSpec& spec, std::size_t endpoint = 0) {
    const auto answer = call(delta::SubmitRequest{operation(key), spec}, endpoint);
    if (!answer || answer->status != delta::Status::ok) return {};
    return std::get<delta::SubmitReply>(answer->body).run;
  }
  const sim::Tables& tables() { return cluster_->world().database.tables(); }
  const delta::Attempt& only_attempt(delta::RunId run) {
    return *tables().attempt(tables().job(run, 0)->current);
  }
  /// Who the process on a runner's node is now.
  delta::RunnerId runner_id(std::size_t index) {
    return dynamic_cast<const RunnerProgram&>(*cluster_->world().runners[index]->program()).id();
  }
  delta::RunState state_of(delta::RunId run) { return tables().run(run)->state; }

  Scenario scenario_;
  std::unique_ptr<sim::Kernel> kernel_;
  std::unique_ptr<SimulatedCluster> cluster_;
};

}  // namespace aftershock
