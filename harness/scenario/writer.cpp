#include "harness/scenario/writer.h"

#include <algorithm>
#include <span>
#include <sstream>

#include "core/check.h"
#include "core/setting_catalogue.h"
#include "harness/scenario/fault_catalogue.h"
#include "harness/scenario/scalar_writer.h"
#include "harness/scenario/schema.h"
#include "harness/scenario/step_catalogue.h"
#include "harness/scenario/view.h"
#include "harness/scenario/yaml_text.h"

namespace aftershock {
namespace {

using Kind = YamlItem::Kind;

YamlItem plain(const std::string& key, std::string text) { return {key, Kind::kPlain, text}; }

/// A map that is filled key by key, in the order of the format.
class MapWriter {
 public:
  explicit MapWriter(const Field& field) : field_(field), map_{field.key, Kind::kMap} {}

  /// Left out when it is the default.
  MapWriter& number(std::string_view key, std::int64_t value) {
    const Field& field = member(key);
    const bool is_default = !field.fallback.empty() && read_scalar(field, field.fallback) == value;
    if (!is_default) map_.children.push_back(plain(field.key, write_scalar(field, value)));
    return *this;
  }
  MapWriter& number(std::string_view key, delta::Duration value) {
    return number(key, value.count());
  }
  template <class Enum>
    requires std::is_enum_v<Enum>
  MapWriter& number(std::string_view key, Enum value) {
    return number(key, static_cast<std::int64_t>(value));
  }
  /// Left out when it is empty.
  MapWriter& text(std::string_view key, const std::string& words) {
    if (!words.empty()) map_.children.push_back({std::string(key), Kind::kText, words});
    return *this;
  }
  /// Left out when nothing is in it.
  MapWriter& add(YamlItem item) {
    if (!item.children.empty()) map_.children.push_back(std::move(item));
    return *this;
  }
  /// A member that is a map or a list of maps, to be filled.
  MapWriter map(std::string_view key) const { return MapWriter(member(key)); }
  const Field& member(std::string_view key) const {
    const Field* field = field_.find(key);
    CHECK(field != nullptr);
    return *field;
  }

  YamlItem take() { return std::move(map_); }

 private:
  const Field& field_;
  YamlItem map_;
};

YamlItem range(MapWriter map, const DurationRange& range) {
  return map.number("min", range.min).number("max", range.max).take();
}

YamlItem processes(MapWriter map, const ProcessGroup& group, bool with_slots) {
  map.number("count", group.count);
  if (with_slots) map.number("slots", group.slots);
  map.add(map.map("restart")
              .number("policy", group.restart.policy)
              .number("delay", group.restart.delay)
              .take());
  return map.take();
}

YamlItem cluster(MapWriter map, const ClusterSpec& spec) {
  map.add(processes(map.map("orchestrators"), spec.orchestrators, false));
  map.add(processes(map.map("runners"), spec.runners, true));
  map.add(map.map("database")
              .number("standbys", spec.database.standbys)
              .number("synchronous", spec.database.synchronous)
              .number("confirmations", spec.database.confirmations)
              .number("delay", spec.database.delay)
              .number("slot_limit", static_cast<std::int64_t>(spec.database.slot_limit >> 20U))
              .number("backup_interval", spec.database.backup_interval)
              .number("full_backup_every", spec.database.full_backup_every)
              .number("address_ttl", spec.database.address_ttl)
              .take());
  map.add(map.map("queue")
              .number("persistence", spec.queue.persistence)
              .number("snapshot_interval", spec.queue.snapshot_interval)
              .number("fsync", spec.queue.fsync)
              .number("backup_interval", spec.queue.backup_interval)
              .number("replicas", spec.queue.replicas)
              .number("delay", spec.queue.delay)
              .number("address_ttl", spec.queue.address_ttl)
              .take());
  MapWriter network = map.map("network");
  network.add(range(network.map("latency"), spec.network.latency))
      .number("loss", spec.network.loss_ppm);
  return map.add(network.take()).take();
}

YamlItem settings(MapWriter map, const delta::Settings& values) {
  for (const delta::SettingInfo& info : delta::setting_catalogue()) {
    if (info.duration != nullptr) map.number(info.key, values.*info.duration);
    if (info.count != nullptr) map.number(info.key, values.*info.count);
    if (info.flag != nullptr) map.number(info.key, std::int64_t{values.*info.flag});
  }
  return map.take();
}

MapWriter jobs(MapWriter map, const JobSpec& spec) {
  map.number("shape", spec.shape)
      .add(range(map.map("duration"), spec.duration))
      .number("steps", spec.steps)
      .number("artifacts", spec.artifacts)
      .number("failure", spec.failure_ppm);
  return map;
}

YamlItem schedule(MapWriter map, const ScheduleWorkload& spec) {
  map.text("name", spec.name)
      .number("kind", spec.timing.kind)
      .text("expression", spec.timing.expression);
  if (spec.timing.zone != map.member("zone").fallback) map.text("zone", spec.timing.zone);
  return map.number("catch_up", spec.catch_up)
      .number("cap", spec.cap)
      .add(jobs(map.map("jobs"), spec.jobs).take())
      .take();
}

YamlItem workload(MapWriter map, const WorkloadSpec& spec) {
  map.number("rate", spec.interval)
      .add(jobs(map.map("jobs"), spec.jobs)
               .number("secrets", spec.jobs.secrets)
               .number("cancel", spec.jobs.cancel_ppm)
               .take());
  YamlItem schedules{"schedules", Kind::kList};
  for (const ScheduleWorkload& each : spec.schedules) {
    schedules.children.push_back(schedule(map.map("schedules"), each));
  }
  return map.add(std::move(schedules)).take();
}

YamlItem steady_state(MapWriter map, const SteadyStateSpec& spec) {
  map.number("warm_up", spec.warm_up);
  map.add(map.map("canary")
              .number("interval", spec.canary.interval)
              .number("limit", spec.canary.limit)
              .number("job_duration", spec.canary.job_duration)
              .take());
  return map.number("window", spec.window).take();
}

YamlItem selection(const TargetSpec& target) {
  if (!target.fixed.empty()) {
    YamlItem list{"value", Kind::kList};
    for (const std::uint32_t index : target.fixed) {
      list.children.push_back(plain("", std::to_string(index)));
    }
    return list;
  }
  const bool share = target.mode != TargetMode::kFixed;
  return plain("value", std::to_string(share ? target.percent : target.count) + (share ? "%" : ""));
}

YamlItem target(MapWriter map, const TargetSpec& spec) {
  YamlItem item = map.number("role", spec.role).number("mode", spec.mode).take();
  const bool takes_value = spec.mode != TargetMode::kOne && spec.mode != TargetMode::kAll;
  if (takes_value) item.children.push_back(selection(spec));
  return item;
}

/// In the order of the kind's own table.
YamlItem parameters(const Field& wanted, const delta::Parameters& given) {
  MapWriter map(wanted);
  for (const Field& field : wanted.fields) {
    if (given.has(field.key)) map.number(field.key, given.number(field.key));
  }
  return map.take();
}

/// What a fault and an entry of the nemesis have in common, but for their times.
void begin_fault(MapWriter& map, const FaultSpec& fault) {
  const auto infos = fault_catalogue();
  map.number("fault", &fault_info(fault.kind) - infos.data());
  map.add(target(map.map("target"), fault.target));
}

YamlItem fault(MapWriter map, const FaultSpec& spec, std::size_t number) {
  if (spec.id != "f" + std::to_string(number)) map.text("id", spec.id);
  begin_fault(map, spec);
  map.number("at", spec.at);
  if (spec.barrier) {
    map.add(map.map("barrier")
                .number("name", spec.barrier->name)
                .number("skip", spec.barrier->skip)
                .number("within", spec.barrier->within)
                .take());
  }
  if (spec.duration) map.number("duration", *spec.duration);
  map.add(map.map("stagger")
              .number("start", spec.stagger.start)
              .number("heal", spec.stagger.heal)
              .take());
  return map.add(parameters(fault_info(spec.kind).parameters, spec.parameters)).take();
}

YamlItem nemesis_fault(MapWriter map, const NemesisFault& entry) {
  begin_fault(map, entry.pattern);
  map.number("every", entry.every);
  if (fault_info(entry.pattern.kind).has_duration) {
    map.add(range(map.map("duration"), entry.duration));
  }
  return map.add(parameters(fault_info(entry.pattern.kind).parameters, entry.pattern.parameters))
      .take();
}

YamlItem nemesis(MapWriter map, const NemesisSpec& spec) {
  map.number("start", spec.start)
      .number("length", spec.length)
      .number("mode", spec.mode)
      .number("swarm", spec.swarm_ppm)
      .number("at_once", spec.at_once);
  YamlItem faults{"faults", Kind::kList};
  for (const NemesisFault& entry : spec.faults) {
    faults.children.push_back(nemesis_fault(map.map("faults"), entry));
  }
  return map.add(std::move(faults)).take();
}

YamlItem trigger(MapWriter map, const StepTrigger& after) {
  if (after.time) map.number("time", *after.time);
  return map.text("alert", after.alert).text("step", after.step).take();
}

YamlItem step(MapWriter map, const StepSpec& spec, std::size_t number,
              const std::vector<FaultSpec>& faults) {
  const auto infos = step_catalogue();
  const auto info = std::ranges::find(infos, spec.kind, &StepInfo::name);
  CHECK(info != infos.end());
  if (spec.id != "s" + std::to_string(number)) map.text("id", spec.id);
  map.number("step", info - infos.begin()).number("by", spec.by);
  map.add(trigger(map.map("after"), spec.after)).number("delay", spec.delay);
  if (info->parameters.find("fault") == nullptr) {
    return map.add(parameters(info->parameters, spec.parameters)).take();
  }
  MapWriter fault(info->parameters);  // named by its index until here
  return map.add(fault.text("fault", faults.at(spec.parameters.count("fault")).id).take()).take();
}

YamlItem objective(MapWriter map, const Objective& spec) {
  map.number("target", spec.target)
      .number("max", spec.max)
      .number("stated_by", spec.stated_by)
      .text("derivation", spec.derivation);
  if (!spec.typical) return map.take();
  MapWriter typical = map.map("typical");
  typical.number("min", spec.typical->range.min)
      .number("max", spec.typical->range.max)
      .text("differs", spec.typical->differs);
  return map.add(typical.take()).take();
}

template <class Spec, class Write>
YamlItem list_of(std::string key, const std::vector<Spec>& all, Write write) {
  YamlItem list{std::move(key), Kind::kList};
  for (const Spec& spec : all) list.children.push_back(write(spec, list.children.size() + 1));
  return list;
}

YamlItem objectives(MapWriter map, const Objectives& spec) {
  YamlItem rto = objective(map.map("rto"), spec.rto);
  const Field& when = map.map("rto").member("recovered_when");
  rto.children.insert(rto.children.begin() + 2,  // behind target and max
                      plain(when.key, write_scalar(when, std::int64_t(spec.recovered_when))));
  YamlItem rpo = objective(map.map("rpo"), spec.rpo);
  for (YamlItem& on : map.map("rpo").number("measured_on", spec.measured_on).take().children) {
    rpo.children.push_back(std::move(on));  // when it is not the default
  }
  const Field& expect = map.member("thresholds").fields.front();
  YamlItem thresholds =
      list_of("thresholds", spec.thresholds, [&](const Threshold& threshold, std::size_t) {
        return YamlItem{"", Kind::kMap, {}, {{expect.key, Kind::kText, threshold.expression}}};
      });
  return map.add(std::move(rto)).add(std::move(rpo)).add(std::move(thresholds)).take();
}

YamlItem expected(const Scenario& scenario) {
  if (!scenario.violates) return plain("expect", "pass");
  return {"expect", Kind::kMap, {}, {{"violates", Kind::kText, *scenario.violates}}};
}

void add_disaster(MapWriter& root, const Scenario& scenario) {
  root.add(list_of("faults", scenario.faults, [&](const FaultSpec& spec, std::size_t number) {
    return fault(root.map("faults"), spec, number);
  }));
  if (scenario.nemesis) root.add(nemesis(root.map("nemesis"), *scenario.nemesis));
  root.number("buggify", std::int64_t{scenario.buggify});
  root.add(list_of("runbook", scenario.runbook, [&](const StepSpec& spec, std::size_t number) {
    return step(root.map("runbook"), spec, number, scenario.faults);
  }));
  root.add(list_of("exercises", scenario.exercises, [&](const ClaimedMark& claim, std::size_t) {
    return root.map("exercises").text("mark", claim.name).number("at_least", claim.at_least).take();
  }));
  root.add(list_of("detection", scenario.detection, [&](const DetectionSpec& spec, std::size_t) {
    return root.map("detection")
        .text("alert", spec.alert)
        .number("within", spec.within)
        .text("diagnosis", spec.diagnosis)
        .take();
  }));
}

YamlItem document(const Scenario& scenario) {
  MapWriter root(scenario_schema());
  root.text("scenario", scenario.name).text("title", scenario.title);
  root.add(root.map("source")
               .text("document", scenario.source.document)
               .text("section", scenario.source.section)
               .take());
  root.text("rationale", scenario.rationale);
  root.add(cluster(root.map("cluster"), scenario.cluster));
  root.add(settings(root.map("settings"), scenario.settings));
  root.add(workload(root.map("workload"), scenario.workload));
  root.add(steady_state(root.map("steady_state"), scenario.steady_state));
  add_disaster(root, scenario);
  root.number("observation", scenario.observation);
  root.add(objectives(root.map("objectives"), scenario.objectives));
  MapWriter invariants = root.map("invariants");
  const auto except = [&](const ExceptedInvariant& exception, std::size_t) {
    return invariants.map("except")
        .text("name", exception.name)
        .text("reason", exception.reason)
        .take();
  };
  invariants.add(list_of("except", scenario.excepted_invariants, except));
  root.add(invariants.take());
  YamlItem item = root.take();
  item.children.push_back(expected(scenario));
  return item;
}

}  // namespace

std::string write_scenario(const Scenario& scenario, const std::string& comment) {
  std::string out;
  std::istringstream lines(comment);
  for (std::string line; std::getline(lines, line);) {
    out += line.empty() ? "#\n" : "# " + line + "\n";
  }
  return out + yaml_text(document(scenario));
}

}  // namespace aftershock
