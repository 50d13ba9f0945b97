// Loading a scenario file: read the tree, check it against the format, build the structs, check
// what must hold between values.
#include "harness/scenario/loader.h"

#include "core/setting_catalogue.h"
#include "core/sha256.h"
#include "harness/marks/marks.h"
#include "harness/scenario/fault_reader.h"
#include "harness/scenario/rules.h"
#include "harness/scenario/runbook_reader.h"
#include "harness/scenario/schema.h"
#include "harness/scenario/text.h"
#include "harness/scenario/view.h"

namespace aftershock {
namespace {

RestartSpec read_restart(const View& view) {
  return {.policy = view["policy"].choice<RestartPolicy>(), .delay = view["delay"].duration()};
}

DurationRange read_range(const View& view) {
  return {.min = view["min"].duration(), .max = view["max"].duration()};
}

DatabaseSpec read_database(const View& view) {
  return {.standbys = view["standbys"].count(),
          .spares = view["spares"].count(),
          .synchronous = view["synchronous"].choice<Synchronous>(),
          .confirmations = view["confirmations"].count(),
          .delay = view["delay"].duration(),
          .slot_limit = std::uint64_t{view["slot_limit"].count()} << 20U,
          .backup_interval = view["backup_interval"].duration(),
          .full_backup_every = view["full_backup_every"].count(),
          .address_ttl = view["address_ttl"].duration()};
}

LinkSpec read_link(const View& view) {
  return {.latency = read_range(view["latency"]), .loss_ppm = view["loss"].count()};
}

std::vector<RegionSpec> read_regions(const View& list) {
  std::vector<RegionSpec> regions;
  for (const View& item : list.items()) {
    regions.push_back({.name = item["name"].text(),
                       .orchestrators = item["orchestrators"].count(),
                       .runners = item["runners"].count(),
                       .standbys = item["standbys"].count(),
                       .spares = item["spares"].count(),
                       .active = item["active"].number() != 0});
  }
  return regions;
}

QueueSpec read_queue(const View& view) {
  return {.persistence = view["persistence"].choice<Persistence>(),
          .snapshot_interval = view["snapshot_interval"].duration(),
          .fsync = view["fsync"].choice<Fsync>(),
          .backup_interval = view["backup_interval"].duration(),
          .replicas = view["replicas"].count(),
          .delay = view["delay"].duration(),
          .address_ttl = view["address_ttl"].duration()};
}

ClusterSpec read_cluster(const View& view) {
  const View orchestrators = view["orchestrators"];
  const View runners = view["runners"];
  const View schedulers = view["schedulers"];
  const View monitoring = view["monitoring"];
  const View network = view["network"];
  ClusterSpec cluster{
      .orchestrators = {.count = orchestrators["count"].count(),
                        .restart = read_restart(orchestrators["restart"])},
      .schedulers = {},
      .runners = {.count = runners["count"].count(),
                  .slots = runners["slots"].count(),
                  .restart = read_restart(runners["restart"])},
      .monitoring = {},
      .database = read_database(view["database"]),
      .queue = read_queue(view["queue"]),
      .network = {.anywhere = read_link(network), .border = read_link(network["between_regions"])},
      .regions = read_regions(view["regions"]),
      .api_ttl = view["api_ttl"].duration()};
  if (schedulers.given()) {
    cluster.schedulers = ProcessGroup{.count = schedulers["count"].count(),
                                      .restart = read_restart(schedulers["restart"])};
  }
  if (monitoring.given()) cluster.monitoring = read_restart(monitoring["restart"]);
  return cluster;
}

delta::Settings read_settings(const View& view) {
  delta::Settings settings;
  for (const delta::SettingInfo& info : delta::setting_catalogue()) {
    const View value = view[info.key];
    if (info.duration != nullptr) settings.*info.duration = value.duration();
    if (info.count != nullptr) settings.*info.count = value.count();
    if (info.flag != nullptr) settings.*info.flag = value.number() != 0;
  }
  return settings;
}

JobSpec read_jobs(const View& view) {
  return {.shape = view["shape"].choice<JobShape>(),
          .duration = read_range(view["duration"]),
          .steps = view["steps"].count(),
          .artifacts = view["artifacts"].count(),
          .failure_ppm = view["failure"].count()};
}

ScheduleWorkload read_schedule(const View& view) {
  return {.name = view["name"].text(),
          .timing = {.kind = view["kind"].choice<delta::ScheduleKind>(),
                     .expression = view["expression"].text(),
                     .zone = view["zone"].text()},
          .catch_up = view["catch_up"].choice<delta::CatchUp>(),
          .cap = view["cap"].count(),
          .jobs = read_jobs(view["jobs"])};
}

WorkloadSpec read_workload(const View& view) {
  WorkloadSpec workload;
  workload.interval = view["rate"].duration();
  workload.jobs = read_jobs(view["jobs"]);
  workload.jobs.secrets = view["jobs"]["secrets"].count();
  workload.jobs.cancel_ppm = view["jobs"]["cancel"].count();
  for (const View& item : view["schedules"].items()) {
    workload.schedules.push_back(read_schedule(item));
  }
  return workload;
}

/// Those that are right: what is wrong with others has been reported.
std::vector<Threshold> read_thresholds(const View& list) {
  std::vector<Threshold> thresholds;
  for (const View& item : list.items()) {
    if (auto threshold = parse_threshold(item["expect"].text())) {
      thresholds.push_back(*std::move(threshold));
    }
  }
  return thresholds;
}

std::vector<OrderedRole> read_recovery_order(const View& list) {
  std::vector<OrderedRole> order;
  for (const View& item : list.items()) {
    order.push_back({item["role"].choice<Role>(), std::nullopt});
    if (item["within"].given()) order.back().within = item["within"].duration();
  }
  return order;
}

std::vector<Check> read_checklist(const View& list) {
  std::vector<Check> checks;
  for (const View& item : list.items()) checks.push_back(item["check"].choice<Check>());
  return checks;
}

SteadyStateSpec read_steady_state(const View& view) {
  const View canary = view["canary"];
  return {.warm_up = view["warm_up"].duration(),
          .canary = {.interval = canary["interval"].duration(),
                     .limit = canary["limit"].duration(),
                     .job_duration = canary["job_duration"].duration()},
          .window = view["window"].duration()};
}

std::optional<TypicalActual> read_typical(const View& view) {
  if (!view.given()) return {};
  return TypicalActual{{view["min"].duration(), view["max"].duration()}, view["differs"].text()};
}

Objective read_objective(const View& view) {
  return {.target = view["target"].duration(),
          .max = view["max"].duration(),
          .stated_by = view["stated_by"].choice<StatedBy>(),
          .derivation = view["derivation"].text(),
          .typical = read_typical(view["typical"])};
}

Scenario read_scenario(const View& root, const std::string& path, Problems& problems) {
  const View objectives = root["objectives"];
  Scenario scenario{
      .name = root["scenario"].text(),
      .title = root["title"].text(),
      .source = {root["source"]["document"].text(), root["source"]["section"].text()},
      .rationale = root["rationale"].text(),
      .cluster = read_cluster(root["cluster"]),
      .settings = read_settings(root["settings"]),
      .workload = read_workload(root["workload"]),
      .steady_state = read_steady_state(root["steady_state"]),
      .faults = {},
      .nemesis = {},
      .buggify = root["buggify"].number() != 0,
      .runbook = {},
      .recovery_order = read_recovery_order(root["recovery_order"]),
      .checklist = read_checklist(root["checklist"]),
      .observation = root["observation"].duration(),
      .objectives = {.rto = read_objective(objectives["rto"]),
                     .recovered_when = objectives["rto"]["recovered_when"].choice<RecoveredWhen>(),
                     .rpo = read_objective(objectives["rpo"]),
                     .measured_on = objectives["rpo"]["measured_on"].choice<MeasuredOn>(),
                     .thresholds = read_thresholds(objectives["thresholds"])},
      .excepted_invariants = {},
      .exercises = {},
      .detection = {},
      .violates = {},
      .path = path,
      .sha256 = {}};
  for (const View& fault : root["faults"].items()) {
    const std::size_t number = scenario.faults.size() + 1;
    scenario.faults.push_back(read_fault(fault, number, scenario.cluster, problems));
  }
  scenario.runbook = read_runbook(root["runbook"], scenario, problems);
  if (root["nemesis"].given()) {
    scenario.nemesis = read_nemesis(root["nemesis"], scenario.cluster, problems);
  }
  for (const View& except : root["invariants"]["except"].items()) {
    scenario.excepted_invariants.push_back({except["name"].text(), except["reason"].text()});
  }
  for (const View& claim : root["exercises"].items()) {
    const MarkInfo& mark = mark_catalogue().at(claim["mark"].count());
    scenario.exercises.push_back({std::string(mark.name), claim["at_least"].count()});
  }
  for (const View& alert : root["detection"].items()) {
    const View diagnosis = alert["diagnosis"];
    scenario.detection.push_back(
        {alert["alert"].text(), alert["within"].duration(), diagnosis.text()});
  }
  const View violates = root["expect"]["violates"];
  if (violates.given()) scenario.violates = violates.text();
  return scenario;
}

}  // namespace

std::vector<std::string> JobSpec::secret_names() const {
  std::vector<std::string> names;
  for (std::uint32_t i = 0; i < secrets; ++i) names.push_back("SECRET_" + std::to_string(i));
  return names;
}

std::expected<Scenario, std::vector<Diagnostic>> parse_scenario(const std::string& text,
                                                                const std::string& path) {
  Problems problems(path, text);
  const std::optional<Node> tree = parse_yaml(text, problems);
  if (!tree) return std::unexpected(std::move(problems).take());
  check_document(*tree, scenario_schema(), "the scenario", problems);
  if (tree->kind != Node::Kind::kMap) return std::unexpected(std::move(problems).take());
  const View root(*tree, scenario_schema());
  Scenario scenario = read_scenario(root, path, problems);
  check_rules(scenario, root, problems);
  if (!problems.empty()) return std::unexpected(std::move(problems).take());
  scenario.sha256 = delta::to_string(delta::sha256(text));
  return scenario;
}

std::expected<Scenario, std::vector<Diagnostic>> load_scenario(const std::string& path) {
  const std::expected<std::string, Diagnostic> text = read_text(path);
  if (!text) return std::unexpected(std::vector{text.error()});
  return parse_scenario(*text, path);
}

}  // namespace aftershock
