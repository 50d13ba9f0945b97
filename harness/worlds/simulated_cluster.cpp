#include "harness/worlds/simulated_cluster.h"

#include <algorithm>

#include "harness/targets.h"
#include "harness/worlds/programs.h"

namespace aftershock {

namespace {

sim::LinkQuality links(const LinkSpec& spec) {
  return {spec.latency.min, spec.latency.max, spec.loss_ppm};
}

/// Backups cost a drill that restores nothing time for no use.
bool restores(const Scenario& scenario) {
  const auto by_step = [](const StepSpec& step) {
    return step.kind == "restore_database" || step.kind == "restore_elsewhere";
  };
  const auto by_fault = [](const FaultSpec& fault) {
    return fault.kind == "database.corrupt" || fault.kind == "database.restore" ||
           (fault.kind == "host.down" && fault.parameters.flag("disk_lost"));
  };
  return std::ranges::any_of(scenario.runbook, by_step) ||
         std::ranges::any_of(scenario.faults, by_fault);
}

sim::DatabaseOptions database_options(const Scenario& scenario) {
  sim::DatabaseOptions options;
  options.lock_timeout = scenario.settings.database_timeout;
  options.idle_in_transaction_timeout = 2 * scenario.settings.database_timeout;
  options.settings = scenario.settings;
  if (restores(scenario)) {
    options.backups.emplace();
    options.backups->interval = scenario.cluster.database.backup_interval;
    options.backups->full_every = scenario.cluster.database.full_backup_every;
  }
  return options;
}

sim::ReplicationOptions replication_options(const DatabaseSpec& spec) {
  return {.standbys = spec.standbys,
          .spares = spec.spares,
          .synchronous = static_cast<sim::Synchronous>(spec.synchronous),
          .confirmations = spec.confirmations,
          .delay = spec.delay,
          .slot_limit = spec.slot_limit,
          .address_ttl = spec.address_ttl};
}

/// Without regions the API is where it always was, and nobody has to ask.
delta::Duration api_ttl(const ClusterSpec& cluster) {
  return cluster.regions.empty() ? delta::Duration{} : cluster.api_ttl;
}

sim::QueueOptions queue_options(const QueueSpec& spec) {
  return {.persistence = static_cast<sim::Persistence>(spec.persistence),
          .snapshot_interval = spec.snapshot_interval,
          .fsync = static_cast<sim::Fsync>(spec.fsync),
          .backup_interval = spec.backup_interval};
}

sim::QueueReplicationOptions queue_replication_options(const QueueSpec& spec) {
  return {.replicas = spec.replicas, .delay = spec.delay, .address_ttl = spec.address_ttl};
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
      world_(kernel, {.links = links(scenario.cluster.network.anywhere),
                      .database = database_options(scenario),
                      .replication = replication_options(scenario.cluster.database),
                      .queue = queue_options(scenario.cluster.queue),
                      .queue_replication = queue_replication_options(scenario.cluster.queue),
                      .api_ttl = api_ttl(scenario.cluster),
                      .buggify = scenario.buggify}),
      on_answer_(std::move(on_answer)),
      runtime_(kernel, kernel.main_process(), world_.network.clock(world_.outside)),
      plain_transport_(world_.network, kernel.main_process(), world_.outside, world_.endpoint_list),
      observed_transport_(plain_transport_, on_answer_),
      witness_transport_(observed_transport_, world_.api, world_.outside),
      witness_artifacts_(
          {kernel, world_.network, kernel.main_process(), world_.outside, world_.artifacts.host()},
          world_.artifacts, scenario.settings.request_timeout),
      plain_scraped_(world_.network, kernel.main_process(), world_.outside, world_.scrape_list),
      observed_scraped_(plain_scraped_, on_answer_),
      scraped_(observed_scraped_, world_.monitored, world_.outside),
      injections_(plan_injections(scenario, seed)),
      faults_(injections_.size()) {
  add_orchestrators();
  add_runners();
  add_schedulers();
  add_monitoring();
  add_regions();
  add_secrets();
  world_.database.on_commit([this](const sim::CommitView& commit) {
    track(commit);
    barriers_.on_commit(commit);
  });
  world_.database.on_rewind(
      [this](const sim::Tables& tables, const sim::RecoveryPoint&) { track_anew(tables); });
  world_.database.on_opened([this](std::uint64_t client) { barriers_.on_opened(client); });
}

void SimulatedCluster::add_control_plane(Role role, const ProcessGroup& group, delta::Roles roles,
                                         Nodes& nodes) {
  for (std::uint32_t i = 0; i < group.count; ++i) {
    const std::string name = target_name(role, i);
    const sim::HostId host = world_.network.add_host(name);
    world_.endpoints.push_back(std::make_unique<sim::ApiEndpoint>(kernel_, world_.network, host));
    sim::ApiEndpoint& endpoint = *world_.endpoints.back();
    world_.scrape_list.push_back(&endpoint);
    nodes.push_back(std::make_unique<sim::Node>(
        kernel_, world_.network, host, name, restart(group.restart),
        [this, host, roles, &endpoint](sim::ProcessRuntime& runtime) {
          return std::make_unique<OrchestratorProgram>(world_, runtime, host, endpoint,
                                                       scenario_.settings, roles);
        },
        [&endpoint] { endpoint.close(); }));
  }
}

void SimulatedCluster::add_orchestrators() {
  delta::Roles roles;
  if (scenario_.cluster.schedulers) roles.schedule = roles.reap = false;
  add_control_plane(Role::kOrchestrator, scenario_.cluster.orchestrators, roles,
                    world_.orchestrators);
  world_.endpoint_list = world_.scrape_list;
}

void SimulatedCluster::add_schedulers() {
  if (!scenario_.cluster.schedulers) return;
  add_control_plane(Role::kScheduler, *scenario_.cluster.schedulers,
                    {.api = false, .dispatch = false}, world_.schedulers);
}

void SimulatedCluster::add_monitoring() {
  if (!scenario_.cluster.monitoring) return;
  const std::string name = target_name(Role::kMonitoring, 0);
  world_.monitoring = std::make_unique<sim::Node>(
      kernel_, world_.network, world_.network.add_host(name), name,
      restart(*scenario_.cluster.monitoring),
      [](sim::ProcessRuntime&) { return std::make_unique<MonitoringProgram>(); }, [] {});
}

void SimulatedCluster::add_runners() {
  const ProcessGroup& group = scenario_.cluster.runners;
  for (std::uint32_t i = 0; i < group.count; ++i) {
    const std::string name = target_name(Role::kRunner, i);
    const sim::HostId host = world_.network.add_host(name);
    world_.runners.push_back(std::make_unique<sim::Node>(
        kernel_, world_.network, host, name, restart(group.restart),
        [this, host, slots = group.slots](sim::ProcessRuntime& runtime) {
          const auto on_command_end = [this](delta::AttemptId attempt, std::size_t command) {
            redone_.on_command_end(attempt, command, kernel_.now().time_since_epoch());
          };
          return std::make_unique<RunnerProgram>(world_, runtime, host, on_answer_, on_command_end,
                                                 scenario_.settings, slots);
        },
        [this, i] {
          const auto& ended = dynamic_cast<const RunnerProgram&>(*world_.runners[i]->program());
          redone_.on_runner_end(ended.id(), kernel_.now().time_since_epoch());
        }));
  }
}

void SimulatedCluster::add_secrets() {
  delta::Rng rng = kernel_.stream("secret values");
  for (const std::string& name : scenario_.workload.jobs.secret_names()) {
    const std::uint64_t high = rng.next();
    world_.secrets.add(name, "sk-" + delta::to_hex(high, rng.next()));
  }
}

Injected SimulatedCluster::inject(std::size_t injection) {
  return inject_into(injection, planned_targets(injections_.at(injection)));
}

Injected SimulatedCluster::inject_into(std::size_t injection,
                                       std::vector<sim::FaultTarget> targets) {
  const FaultSpec& spec = scenario_.faults[injections_.at(injection).fault];
  Injected injected{runtime_.now(), {}, live_work_of(spec.target.role, targets)};
  for (const sim::FaultTarget& target : targets) injected.targets.push_back(target.name);
  sim::FaultRequest request{spec.kind, std::move(targets), {}, spec.parameters};
  request.peers = peers(spec, request.targets);
  faults_[injection] = make_fault(world_, request);
  CHECK(faults_[injection] != nullptr);
  faults_[injection]->inject();
  return injected;
}

std::optional<Injected> SimulatedCluster::inject_at_barrier(std::size_t injection,
                                                            delta::MonoTime give_up) {
  const FaultSpec& spec = scenario_.faults[injections_.at(injection).fault];
  std::optional<Injected> injected;
  sim::WaitQueue done;
  std::uint64_t armed = 0;
  // Whoever is there must not be killed from inside its own moment: as the next event, before any
  // fiber has a turn.
  const BarrierWatch::Action action = [&](const AtBarrier& who) {
    auto targets = hits_who_reaches_barrier(spec) ? targets_at(spec, who)
                                                  : planned_targets(injections_[injection]);
    if (targets.empty()) {
      armed = barriers_.arm(spec.barrier->name, 0, action);  // not one of ours: the next one
      return;
    }
    kernel_.at(kernel_.now(), [&, targets = std::move(targets)]() mutable {
      injected = inject_into(injection, std::move(targets));
      done.notify_all();
    });
  };
  armed = barriers_.arm(spec.barrier->name, spec.barrier->skip, action);
  while (!injected && runtime_.now() < give_up) {
    kernel_.wait(done, runtime_.clock().to_sim(give_up));
  }
  barriers_.disarm(armed);
  return injected;
}

void SimulatedCluster::start() {
  const auto is_passive = [this](const sim::Node& node) {
    const sim::RegionId region = world_.network.region(node.host());
    const auto found = std::ranges::find(regions_, region);
    return found != regions_.end() &&
           !scenario_.cluster.regions[static_cast<std::size_t>(found - regions_.begin())].active;
  };
  world_.each_node([&is_passive](sim::Node& node) {
    if (!is_passive(node)) node.start();
  });
}

FaultEffect SimulatedCluster::effect(std::size_t injection) const {
  sim::Effect effect = faults_.at(injection)->effect();
  return {effect.bit, std::move(effect.evidence)};
}

StepResult SimulatedCluster::act(const StepSpec& step) {
  if (step.kind == "restart") return restart_all(step.parameters.choice<Role>("role"));
  if (step.kind == "stop_services") return stop_all(step.parameters.choice<Role>("role"));
  if (step.kind == "start_services") return start_all(step.parameters.choice<Role>("role"));
  if (step.kind == "restore_database") return restore_database(step.parameters.duration("back"));
  if (step.kind == "reindex_database") {
    world_.database.primary().reindex();
    return {true, "the indexes are built anew"};
  }
  if (step.kind == "restore_queue") return restore_queue();
  if (step.kind == "promote_queue_replica") return promote_queue_replica();
  if (step.kind == "promote_standby") return promote_standby(step.parameters);
  if (step.kind == "rebuild_standbys") return rebuild_standbys();
  if (step.kind == "activate_region") return activate_region(step.parameters);
  if (step.kind == "restore_elsewhere") return restore_elsewhere(step.parameters.count("region"));
  if (step.kind == "switch_address") return switch_address(step.parameters.count("region"));
  return {false, "the simulated cluster knows no step " + step.kind};
}

std::vector<TouchedWork> SimulatedCluster::live_work_of(
    Role role, const std::vector<sim::FaultTarget>& targets) const {
  if (role == Role::kMonitoring) return {};  // no work passes through it
  const bool only_theirs = role == Role::kRunner;
  std::set<delta::RunnerId> theirs;
  for (const sim::FaultTarget& target : targets) {
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

bool SimulatedCluster::is_worked_on(const delta::Attempt& attempt) const {
  return std::ranges::any_of(world_.runners, [&attempt](const auto& node) {
    const auto* program = dynamic_cast<const RunnerProgram*>(node->program());
    return program != nullptr && program->id() == attempt.runner && program->works_on(attempt.id);
  });
}

std::string SimulatedCluster::host_of(delta::RunnerId runner) const {
  for (const auto& node : world_.runners) {
    const auto* program = dynamic_cast<const RunnerProgram*>(node->program());
    if (program != nullptr && program->id() == runner) return world_.network.name(node->host());
  }
  return "runner " + short_name(runner);  // it ended since it asked
}

void SimulatedCluster::track(const sim::CommitView& commit) {
  redone_.on_commit(commit.writes, kernel_.now().time_since_epoch());
  leases_.on_commit(commit.writes, kernel_.now().time_since_epoch());
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

void SimulatedCluster::track_anew(const sim::Tables& tables) {
  redone_.on_rewind();
  open_runs_.clear();
  live_attempts_.clear();
  for (const auto& [id, row] : tables.runs()) {
    if (!is_terminal(row.state)) open_runs_[id] = row.submitted_at;
  }
  for (const auto& [id, row] : tables.attempts()) {
    if (is_live(row.state)) live_attempts_.insert(id);
  }
  leases_.on_rewind([this](delta::AttemptId id) { return live_attempts_.contains(id); },
                    kernel_.now().time_since_epoch());
}

}  // namespace aftershock
