#include "harness/worlds/simulated_cluster.h"

#include <algorithm>

#include "harness/targets.h"
#include "harness/worlds/programs.h"

namespace aftershock {

namespace {

sim::LinkQuality links(const NetworkSpec& spec) {
  return {spec.latency.min, spec.latency.max, spec.loss_ppm};
}

sim::DatabaseOptions database_options(const delta::Settings& settings) {
  sim::DatabaseOptions options;
  options.lock_timeout = settings.database_timeout;
  options.idle_in_transaction_timeout = 2 * settings.database_timeout;
  return options;
}

sim::RestartPolicy restart(const RestartSpec& spec) {
  switch (spec.policy) {
    case RestartPolicy::kAlways: return {sim::RestartWhen::always, spec.delay};
    case RestartPolicy::kOnFailure: return {sim::RestartWhen::on_failure, spec.delay};
    case RestartPolicy::kNever: return {sim::RestartWhen::never, spec.delay};
  }
  CHECK(false);
  return {};
}

}  // namespace

SimulatedCluster::SimulatedCluster(sim::Kernel& kernel, const Scenario& scenario,
                                   std::uint64_t seed, ObservedTransport::Observer on_answer)
    : scenario_(scenario),
      kernel_(kernel),
      world_(kernel, links(scenario.cluster.network), database_options(scenario.settings)),
      on_answer_(std::move(on_answer)),
      runtime_(kernel, kernel.main_process()),
      plain_transport_(kernel, world_.network, kernel.main_process(), world_.outside,
                       world_.endpoint_list),
      witness_transport_(plain_transport_, on_answer_),
      witness_artifacts_(
          {kernel, world_.network, kernel.main_process(), world_.outside, world_.artifacts.host()},
          world_.artifacts, scenario.settings.request_timeout) {
  add_orchestrators();
  add_runners();
  add_faults(seed);
  world_.database.on_commit([this](const sim::CommitView& commit) { track(commit); });
}

void SimulatedCluster::add_orchestrators() {
  const ProcessGroup& group = scenario_.cluster.orchestrators;
  for (std::uint32_t i = 0; i < group.count; ++i) {
    const std::string name = "orchestrator-" + std::to_string(i);
    const sim::HostId host = world_.network.add_host(name);
    world_.endpoints.push_back(std::make_unique<sim::ApiEndpoint>(world_.network, host));
    sim::ApiEndpoint& endpoint = *world_.endpoints.back();
    world_.endpoint_list.push_back(&endpoint);
    world_.orchestrators.push_back(std::make_unique<sim::Node>(
        kernel_, host, name, restart(group.restart),
        [this, host, &endpoint](sim::ProcessRuntime& runtime) {
          return std::make_unique<OrchestratorProgram>(world_, runtime, host, endpoint,
                                                       scenario_.settings);
        },
        [&endpoint] { endpoint.close(); }));
  }
}

void SimulatedCluster::add_runners() {
  const ProcessGroup& group = scenario_.cluster.runners;
  for (std::uint32_t i = 0; i < group.count; ++i) {
    const std::string name = "runner-" + std::to_string(i);
    const sim::HostId host = world_.network.add_host(name);
    world_.runners.push_back(std::make_unique<sim::Node>(
        kernel_, host, name, restart(group.restart),
        [this, host, slots = group.slots](sim::ProcessRuntime& runtime) {
          return std::make_unique<RunnerProgram>(world_, runtime, host, on_answer_,
                                                 scenario_.settings, slots);
        },
        [] {}));
  }
}

std::vector<sim::FaultTarget> SimulatedCluster::population(Role role) const {
  std::vector<sim::FaultTarget> all;
  const auto add_nodes = [&all](const std::vector<std::unique_ptr<sim::Node>>& nodes) {
    for (const auto& node : nodes) all.push_back({node->name(), node->host(), node.get()});
  };
  switch (role) {
    case Role::kOrchestrator: add_nodes(world_.orchestrators); break;
    case Role::kRunner: add_nodes(world_.runners); break;
    case Role::kDatabase: all.push_back({"database", world_.database.host()}); break;
    case Role::kQueue: all.push_back({"queue", world_.queue.host()}); break;
    case Role::kArtifacts: all.push_back({"artifacts", world_.artifacts.host()}); break;
  }
  return all;
}

std::vector<sim::FaultTarget> SimulatedCluster::resolve(std::size_t fault,
                                                        std::uint64_t seed) const {
  const std::vector<sim::FaultTarget> all = population(scenario_.faults[fault].target.role);
  std::vector<sim::FaultTarget> chosen;
  for (const std::uint32_t index : resolve_fault_targets(scenario_, fault, seed)) {
    chosen.push_back(all.at(index));
  }
  return chosen;
}

void SimulatedCluster::add_faults(std::uint64_t seed) {
  for (std::size_t i = 0; i < scenario_.faults.size(); ++i) {
    const FaultSpec& spec = scenario_.faults[i];
    sim::FaultRequest request;
    request.kind = name_of(spec.kind);
    request.targets = resolve(i, seed);
    request.latency = spec.parameters.latency;
    request.jitter = spec.parameters.jitter;
    request.downtime = spec.parameters.downtime;
    request.loss_ppm = spec.parameters.loss_ppm;
    if (spec.kind == FaultKind::kNetworkPartition) {
      request.peers = population(spec.parameters.to_role);
      request.to_peers = spec.parameters.direction != Direction::kFrom;
      request.from_peers = spec.parameters.direction != Direction::kTo;
    }
    targets_.push_back(request.targets);
    faults_.push_back(make_fault(world_, request));
    CHECK(faults_.back() != nullptr);
  }
}

void SimulatedCluster::start() {
  for (const auto& node : world_.orchestrators) node->start();
  for (const auto& node : world_.runners) node->start();
}

std::vector<std::string> SimulatedCluster::targets(std::size_t fault) const {
  std::vector<std::string> names;
  for (const sim::FaultTarget& target : targets_.at(fault)) names.push_back(target.name);
  return names;
}

FaultEffect SimulatedCluster::effect(std::size_t fault) const {
  sim::Effect effect = faults_.at(fault)->effect();
  return {effect.bit, std::move(effect.evidence)};
}

std::vector<TouchedWork> SimulatedCluster::about_to_touch(std::size_t fault) const {
  const bool only_theirs = scenario_.faults.at(fault).target.role == Role::kRunner;
  std::set<delta::RunnerId> theirs;
  for (const sim::FaultTarget& target : targets_.at(fault)) {
    if (!only_theirs || target.node->program() == nullptr) continue;
    theirs.insert(dynamic_cast<const RunnerProgram&>(*target.node->program()).id());
  }
  std::vector<TouchedWork> touched;
  for (const delta::AttemptId id : live_attempts_) {
    const delta::Attempt& attempt = *world_.database.tables().attempt(id);
    if (only_theirs && !theirs.contains(attempt.runner)) continue;
    touched.push_back({attempt.ref(), attempt.expires_at});
  }
  return touched;
}

bool SimulatedCluster::is_progressing(const TouchedWork& work) const {
  const sim::Tables& tables = world_.database.tables();
  const delta::Job* job = tables.job(work.ref.run, work.ref.job);
  if (job == nullptr) return false;
  if (is_terminal(job->state)) return true;
  const delta::Attempt* current = tables.attempt(job->current);
  if (current == nullptr || !is_live(current->state)) return false;
  // A lease that was granted and not yet started shows nothing; one renewed since the fault does.
  if (job->current != work.ref.attempt) return current->state != delta::AttemptState::leased;
  return current->expires_at > work.lease_expires_at;
}

std::size_t SimulatedCluster::open_runs(delta::MonoTime submitted_before) const {
  // The database's clock runs ahead of the witness's by a known offset in the simulator.
  const delta::Duration offset =
      world_.database.now().time_since_epoch() - kernel_.now().time_since_epoch();
  if (submitted_before == delta::kNoDeadline) return open_runs_.size();
  const delta::DbTime limit(submitted_before.time_since_epoch() + offset);
  return static_cast<std::size_t>(
      std::ranges::count_if(open_runs_, [limit](const auto& run) { return run.second < limit; }));
}

void SimulatedCluster::track(const sim::CommitView& commit) {
  for (const delta::RunWrite& write : commit.writes.runs) {
    if (is_terminal(write.row.state)) {
      open_runs_.erase(write.row.id);
    } else {
      open_runs_[write.row.id] = write.row.submitted_at;
    }
  }
  for (const delta::AttemptWrite& write : commit.writes.attempts) {
    if (is_live(write.row.state)) {
      live_attempts_.insert(write.row.id);
    } else {
      live_attempts_.erase(write.row.id);
    }
  }
}

}  // namespace aftershock
