#include "harness/scenario/writer.h"

#include <algorithm>
#include <span>
#include <sstream>

#include "core/check.h"
#include "core/setting_catalogue.h"
#include "harness/scenario/cluster_writer.h"
#include "harness/scenario/fault_catalogue.h"
#include "harness/scenario/scalar_writer.h"
#include "harness/scenario/schema.h"
#include "harness/scenario/step_catalogue.h"
#include "harness/scenario/view.h"
#include "harness/scenario/yaml_text.h"

namespace aftershock {
namespace {

using Kind = YamlItem::Kind;

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

/// In the order of the kind's own table, without names.
YamlItem parameters(const Field& wanted, const delta::Parameters& given) {
  MapWriter map(wanted);
  for (const Field& field : wanted.fields) {
    const bool has_number = field.type != FieldType::kName && given.has(field.key);
    if (has_number) map.number(field.key, given.number(field.key));
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

YamlItem step(MapWriter map, const StepSpec& spec, std::size_t number, const Scenario& scenario) {
  const auto infos = step_catalogue();
  const auto info = std::ranges::find(infos, spec.kind, &StepInfo::name);
  CHECK(info != infos.end());
  if (spec.id != "s" + std::to_string(number)) map.text("id", spec.id);
  map.number("step", info - infos.begin()).number("by", spec.by);
  map.add(trigger(map.map("after"), spec.after)).number("delay", spec.delay);
  // Named by their indexes until here.
  MapWriter named(info->parameters);
  if (named.knows("fault"))
    named.text("fault", scenario.faults.at(spec.parameters.count("fault")).id);
  if (named.knows("region")) {
    named.text("region", scenario.cluster.regions.at(spec.parameters.count("region")).name);
  }
  YamlItem all = named.take();
  for (YamlItem& other : parameters(info->parameters, spec.parameters).children) {
    all.children.push_back(std::move(other));
  }
  return map.add(std::move(all)).take();
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
    return step(root.map("runbook"), spec, number, scenario);
  }));
  root.add(
      list_of("recovery_order", scenario.recovery_order, [&](const OrderedRole& each, std::size_t) {
        MapWriter map = root.map("recovery_order");
        map.number("role", each.role);
        if (each.within) map.number("within", *each.within);
        return map.take();
      }));
  root.add(list_of("checklist", scenario.checklist, [&](Check check, std::size_t) {
    return root.map("checklist").number("check", check).take();
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
  root.add(write_cluster(root.map("cluster"), scenario.cluster));
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
