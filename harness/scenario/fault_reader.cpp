// Reading one fault of a scenario file: what its kind allows decides what is right.
#include "harness/scenario/fault_reader.h"

#include <algorithm>
#include <limits>

#include "harness/scenario/fault_catalogue.h"
#include "harness/scenario/parameter_reader.h"

namespace aftershock {

using delta::Duration;

namespace {

void check_role(const View& role, const FaultInfo& info, Problems& problems) {
  if (!role.is_sound(problems)) return;
  const Role given = role.choice<Role>();
  if (std::find(info.roles.begin(), info.roles.end(), given) != info.roles.end()) return;
  std::string all;
  for (const Role each : info.roles) all += (all.empty() ? "" : ", ") + std::string(name_of(each));
  problems.add(role.at(), std::string(info.name) + " cannot hit " + quote(name_of(given)) +
                              "; it can hit: " + all);
}

void read_list(const Node& list, std::uint32_t available, TargetSpec& target, Problems& problems) {
  if (list.children.empty()) problems.add(list.at, "the list is empty: the fault hits nothing");
  for (const Node& item : list.children) {
    const std::uint32_t index = parse_count(item.text).value_or(0);
    if (index >= available) {
      problems.add(item.at, "there is no process " + std::to_string(index) + ": the cluster has " +
                                std::to_string(available) + " of this role, counted from 0");
    }
    if (std::find(target.fixed.begin(), target.fixed.end(), index) != target.fixed.end()) {
      problems.add(item.at, "process " + std::to_string(index) + " is listed twice");
      continue;
    }
    target.fixed.push_back(index);
  }
  std::sort(target.fixed.begin(), target.fixed.end());
}

void read_number(const View& value, std::uint32_t available, TargetSpec& target,
                 Problems& problems) {
  const Parsed<std::uint32_t> number = parse_count(value.node()->text);
  if (!number) {
    problems.add(value.at(), "mode 'fixed' takes a count or a list of indexes, not a percentage");
    return;
  }
  target.count = *number;
  if (target.count == 0) {
    problems.add(value.at(), "the value is 0: the fault hits nothing");
  } else if (target.count > available) {
    problems.add(value.at(), "the value is " + std::to_string(target.count) +
                                 ", but the cluster has only " + std::to_string(available) +
                                 " of this role");
  }
}

void read_share(const View& value, TargetSpec& target, Problems& problems) {
  const std::string mode = quote(name_of(target.mode));
  if (value.node()->kind != Node::Kind::kScalar || !value.node()->text.ends_with('%')) {
    const bool is_number = value.node()->kind == Node::Kind::kScalar;
    problems.add(value.at(), "mode " + mode + " takes a percentage",
                 is_number ? std::optional("write " + value.node()->text + "%") : std::nullopt);
    return;
  }
  const std::uint32_t ppm = parse_percent(value.node()->text).value_or(0);
  if (ppm == 0 || ppm % 10'000 != 0) {
    problems.add(value.at(), "mode " + mode + " takes a whole percentage from 1% to 100%");
  }
  target.percent = ppm / 10'000;
}

TargetSpec read_target(const View& view, const ClusterSpec& cluster, Problems& problems) {
  TargetSpec target{
      .role = view["role"].choice<Role>(), .mode = view["mode"].choice<TargetMode>(), .fixed = {}};
  if (!view.is_sound(problems)) return target;
  if (target.role == Role::kStandby && cluster.database.standbys == 0) {
    problems.add(view["role"].at(), "the cluster's database has no standbys");
    return target;
  }
  if (target.role == Role::kRegion && cluster.regions.empty()) {
    problems.add(view["role"].at(), "the cluster has no regions");
    return target;
  }
  const View value = view["value"];
  const bool takes_value = target.mode != TargetMode::kOne && target.mode != TargetMode::kAll;
  if (takes_value != value.given()) {
    problems.add(value.named_at(), "mode " + quote(name_of(target.mode)) +
                                       (takes_value ? " needs a value" : " takes no value"));
    return target;
  }
  if (!takes_value) return target;
  // A broken count of the cluster reads as 0 and is already reported.
  const std::uint32_t known = cluster.count(target.role);
  const std::uint32_t available = known > 0 ? known : std::numeric_limits<std::uint32_t>::max();
  if (target.mode != TargetMode::kFixed) {
    read_share(value, target, problems);
  } else if (value.node()->kind == Node::Kind::kList) {
    read_list(*value.node(), available, target, problems);
  } else {
    read_number(value, available, target, problems);
  }
  return target;
}

void check_partition(const View& parameters, Role target, Problems& problems) {
  const View from = parameters["from"];
  if (from.given() && from.choice<Role>() != target) {
    problems.add(from.at(), "'from' must be the target's role, " + quote(name_of(target)));
  }
  if (parameters["to"].choice<Role>() == target) {
    problems.add(parameters["to"].at(), "a partition needs two roles: 'to' is the target's own");
  }
}

void check_parameters(const View& parameters, const FaultInfo& info, Role target,
                      Problems& problems) {
  const Field& fields = info.parameters;
  if (fields.find("jitter") != nullptr && fields.find("latency") != nullptr &&
      parameters["jitter"].duration() > parameters["latency"].duration()) {
    problems.add(parameters["jitter"].at(), "'jitter' is larger than 'latency'");
  }
  if (fields.find("to") != nullptr && fields.find("direction") != nullptr)
    check_partition(parameters, target, problems);
}

void read_barrier(const View& view, FaultSpec& fault, Problems& problems) {
  if (!view.given()) return;
  fault.barrier = BarrierSpec{.name = view["name"].choice<Barrier>(),
                              .skip = view["skip"].count(),
                              .within = view["within"].duration()};
  const bool without_runner = fault.barrier->name == Barrier::kTransactionOpen ||
                              fault.barrier->name == Barrier::kCommitDurable;
  if (without_runner && fault.target.role == Role::kRunner &&
      fault.target.mode == TargetMode::kOne) {
    problems.add(view["name"].at(), "no runner takes part in " +
                                        std::string(name_of(fault.barrier->name)) +
                                        ": with mode 'one' the target is an orchestrator");
  }
}

void read_stagger(const View& view, bool has_duration, FaultSpec& fault, Problems& problems) {
  fault.stagger = {.start = view["start"].duration(), .heal = view["heal"].duration()};
  if (!view.given()) return;
  if (fault.target.mode == TargetMode::kOne || fault.barrier) {
    problems.add(view.named_at(),
                 "'stagger' needs several targets, and a fault that starts at a time");
  }
  if (fault.stagger.heal > delta::Duration{} && !has_duration) {
    problems.add(view["heal"].named_at(), "this kind of fault is not healed: 'heal' means nothing");
  }
}

void check_duration(const View& fault, const FaultInfo& info, Problems& problems) {
  const View duration = fault["duration"];
  if (info.has_duration && !duration.given()) {
    problems.add(fault["fault"].at(), std::string(info.name) + " needs a 'duration'");
  }
  if (!info.has_duration && duration.given()) {
    problems.add(duration.named_at(), std::string(info.name) + " takes no 'duration'");
  }
}

}  // namespace

namespace {

/// What a fault and an entry of a nemesis have in common.
const FaultInfo* read_kind(const View& view, const ClusterSpec& cluster, FaultSpec& fault,
                           Problems& problems) {
  fault.target = read_target(view["target"], cluster, problems);
  if (!view["fault"].is_sound(problems)) {
    return nullptr;
  }
  const FaultInfo& info = fault_catalogue()[view["fault"].count()];
  fault.kind = info.name;
  check_duration(view, info, problems);
  check_role(view["target"]["role"], info, problems);
  const bool sound = read_parameters(view["fault"].at(), info.name, view["parameters"],
                                     info.parameters, fault.parameters, problems);
  if (sound && view["target"].is_sound(problems)) {
    check_parameters(view["parameters"].as(info.parameters), info, fault.target.role, problems);
  }
  if (!info.lasts.empty() && fault.parameters.has(info.lasts)) {
    fault.lasts = fault.parameters.duration(info.lasts);
  }
  return &info;
}

NemesisFault read_nemesis_fault(const View& view, const NemesisSpec& nemesis,
                                const ClusterSpec& cluster, Problems& problems) {
  NemesisFault entry;
  entry.every = view["every"].duration();
  entry.pattern.random = true;
  const View duration = view["duration"];
  if (duration.given()) {
    entry.duration = {duration["min"].duration(), duration["max"].duration()};
    if (duration.is_sound(problems) && entry.duration.min > entry.duration.max) {
      problems.add(duration["max"].at(), "'max' is shorter than 'min'");
    }
  }
  const FaultInfo* info = read_kind(view, cluster, entry.pattern, problems);
  if (info == nullptr) return entry;
  const delta::Parameters& given = entry.pattern.parameters;
  const bool spares_data =
      !info->destructive ||
      (!info->unless.empty() && given.has(info->unless) && given.flag(info->unless));
  if (!spares_data && nemesis.mode == NemesisMode::kRecoverable) {
    const std::string without =
        info->unless.empty() ? "" : " without '" + std::string(info->unless) + "'";
    problems.add(view["fault"].at(),
                 std::string(info->name) + " may lose data" + without +
                     ": a recoverable nemesis cannot use it",
                 "write mode: safety_only");
  }
  const Duration longest = info->has_duration ? entry.duration.max : entry.pattern.lasts;
  if (longest >= nemesis.length && nemesis.length > Duration{}) {
    problems.add(view["fault"].at(),
                 "it lasts up to " + delta::format_duration(longest) + ": longer than the nemesis");
  }
  return entry;
}

}  // namespace

FaultSpec read_fault(const View& view, std::size_t number, const ClusterSpec& cluster,
                     Problems& problems) {
  FaultSpec fault;
  fault.id = view["id"].given() ? view["id"].text() : "f" + std::to_string(number);
  fault.at = view["at"].duration();
  if (view["duration"].given()) fault.duration = view["duration"].duration();
  const FaultInfo* info = read_kind(view, cluster, fault, problems);
  if (info == nullptr) return fault;
  if (fault.duration) fault.lasts = *fault.duration;
  read_barrier(view["barrier"], fault, problems);
  read_stagger(view["stagger"], info->has_duration, fault, problems);
  return fault;
}

NemesisSpec read_nemesis(const View& view, const ClusterSpec& cluster, Problems& problems) {
  NemesisSpec nemesis{.start = view["start"].duration(),
                      .length = view["length"].duration(),
                      .mode = view["mode"].choice<NemesisMode>(),
                      .swarm_ppm = view["swarm"].count(),
                      .at_once = view["at_once"].count(),
                      .faults = {}};
  for (const View& entry : view["faults"].items()) {
    nemesis.faults.push_back(read_nemesis_fault(entry, nemesis, cluster, problems));
  }
  return nemesis;
}

}  // namespace aftershock
