// Reading the runbook of a scenario file.
#include "harness/scenario/runbook_reader.h"

#include <algorithm>

#include "harness/scenario/parameter_reader.h"
#include "harness/scenario/step_catalogue.h"

namespace aftershock {
namespace {

void read_trigger(const View& view, const std::vector<StepSpec>& earlier, StepTrigger& trigger,
                  Problems& problems) {
  if (!view.is_sound(problems)) return;
  const int given = (view["time"].given() ? 1 : 0) + (view["alert"].given() ? 1 : 0) +
                    (view["step"].given() ? 1 : 0);
  if (given != 1) {
    problems.add(view.named_at(), "'after' takes exactly one of 'time', 'alert' and 'step'");
    return;
  }
  if (view["time"].given()) trigger.time = view["time"].duration();
  trigger.alert = view["alert"].text();
  trigger.step = view["step"].text();
  const bool known = std::ranges::find(earlier, trigger.step, &StepSpec::id) != earlier.end();
  if (view["step"].given() && !known) {
    problems.add(view["step"].at(), "no earlier step has the id " + quote(trigger.step));
  }
}

/// A fault is named by its id in the file and by its index afterwards.
void resolve_fault(const View& name, const std::vector<FaultSpec>& faults, StepSpec& step,
                   Problems& problems) {
  const auto found = std::ranges::find(faults, name.text(), &FaultSpec::id);
  if (found == faults.end()) {
    problems.add(name.at(), "no fault has the id " + quote(name.text()));
  } else if (!found->duration) {
    problems.add(name.at(), quote(name.text()) + " has no duration: there is nothing to lift");
  } else {
    step.parameters.set("fault", found - faults.begin());
  }
}

/// The same of a region.
void resolve_region(const View& name, const std::vector<RegionSpec>& regions, StepSpec& step,
                    Problems& problems) {
  const auto found = std::ranges::find(regions, name.text(), &RegionSpec::name);
  if (found == regions.end()) {
    problems.add(name.at(), "no region has the name " + quote(name.text()));
  } else {
    step.parameters.set("region", found - regions.begin());
  }
}

StepSpec read_step(const View& view, const std::vector<StepSpec>& earlier, const Scenario& scenario,
                   Problems& problems) {
  StepSpec step;
  step.id = view["id"].given() ? view["id"].text() : "s" + std::to_string(earlier.size() + 1);
  step.by = view["by"].choice<StepBy>();
  step.delay = view["delay"].duration();
  read_trigger(view["after"], earlier, step.after, problems);
  if (std::ranges::find(earlier, step.id, &StepSpec::id) != earlier.end()) {
    problems.add(view["id"].at(), "the step id " + quote(step.id) + " is taken");
  }
  if (!view["step"].is_sound(problems)) return step;
  const StepInfo& info = step_catalogue()[view["step"].count()];
  step.kind = info.name;
  const bool sound = read_parameters(view["step"].at(), info.name, view["parameters"],
                                     info.parameters, step.parameters, problems);
  if (!sound) return step;
  const View given = view["parameters"].as(info.parameters);
  if (info.parameters.find("fault") != nullptr) {
    resolve_fault(given["fault"], scenario.faults, step, problems);
  }
  if (info.parameters.find("region") != nullptr) {
    resolve_region(given["region"], scenario.cluster.regions, step, problems);
  }
  return step;
}

}  // namespace

std::vector<StepSpec> read_runbook(const View& view, const Scenario& scenario, Problems& problems) {
  std::vector<StepSpec> steps;
  for (const View& item : view.items()) {
    steps.push_back(read_step(item, steps, scenario, problems));
  }
  return steps;
}

}  // namespace aftershock
