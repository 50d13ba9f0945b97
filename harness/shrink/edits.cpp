#include "harness/shrink/edits.h"

#include <algorithm>
#include <set>

#include "core/check.h"
#include "harness/injections.h"
#include "harness/nemesis.h"
#include "harness/scenario/rules.h"
#include "harness/targets.h"

namespace aftershock::shrink {
namespace {

bool drawn_by_seed(const FaultSpec& fault) {
  const bool by_index = fault.target.mode != TargetMode::kAll && fault.target.fixed.empty();
  return has_several(fault.target.role) && by_index && !hits_who_reaches_barrier(fault);
}

ProcessGroup& group_of(ClusterSpec& cluster, Role role) {
  CHECK(role == Role::kOrchestrator || role == Role::kRunner);
  return role == Role::kOrchestrator ? cluster.orchestrators : cluster.runners;
}

std::set<std::uint32_t> indexes_of(const Scenario& scenario, Role role) {
  std::set<std::uint32_t> indexes;
  for (const FaultSpec& fault : scenario.faults) {
    if (fault.target.role == role) {
      indexes.insert(fault.target.fixed.begin(), fault.target.fixed.end());
    }
  }
  return indexes;
}

/// The step of this id, of those that have one.
StepSpec* find_step(std::vector<StepSpec>& steps, const std::string& id) {
  const auto found = std::ranges::find(steps, id, &StepSpec::id);
  return found == steps.end() ? nullptr : &*found;
}

}  // namespace

Scenario written_out(const Scenario& scenario, std::uint64_t seed) {
  Scenario plain = with_nemesis(scenario, seed);
  if (scenario.safety_only()) {
    std::erase_if(plain.excepted_invariants,
                  [](const ExceptedInvariant& each) { return each.name == "recovers"; });
    plain.excepted_invariants.push_back(
        {"recovers", "Shrunk from a nemesis that asks for safety only."});
  }
  plain.nemesis.reset();
  for (std::size_t i = 0; i < plain.faults.size(); ++i) {
    FaultSpec& fault = plain.faults[i];
    fault.random = false;
    if (!drawn_by_seed(fault)) continue;
    fault.target = {.role = fault.target.role,
                    .mode = TargetMode::kFixed,
                    .fixed = resolve_fault_targets(plain, i, seed)};
  }
  plain.observation = std::max(plain.observation, least_observation(plain));
  return plain;
}

Scenario with_faults(const Scenario& scenario, const Kept& kept) {
  Scenario smaller = scenario;
  smaller.faults = part_of(scenario.faults, kept);
  Kept steps;
  for (std::size_t i = 0; i < smaller.runbook.size(); ++i) {
    delta::Parameters& parameters = smaller.runbook[i].parameters;
    if (smaller.runbook[i].kind == "lift_fault") {
      const auto now = std::ranges::find(kept, parameters.count("fault"));
      if (now == kept.end()) continue;
      parameters.set("fault", now - kept.begin());
    }
    steps.push_back(i);
  }
  return with_steps(smaller, steps);
}

Scenario with_steps(const Scenario& scenario, const Kept& kept) {
  Scenario smaller = scenario;
  smaller.runbook = part_of(scenario.runbook, kept);
  std::vector<StepSpec> before = scenario.runbook;
  for (StepSpec& step : smaller.runbook) {
    while (!step.after.step.empty() && find_step(smaller.runbook, step.after.step) == nullptr) {
      step.after = find_step(before, step.after.step)->after;
    }
  }
  return smaller;
}

Scenario with_processes(const Scenario& scenario, Role role, std::uint32_t count) {
  Scenario smaller = scenario;
  group_of(smaller.cluster, role).count = count;
  const std::set<std::uint32_t> named = indexes_of(scenario, role);
  for (FaultSpec& fault : smaller.faults) {
    if (fault.target.role != role) continue;
    fault.target.count = std::min(fault.target.count, count);
    std::set<std::uint32_t> now;
    for (const std::uint32_t index : fault.target.fixed) {
      const auto rank = std::distance(named.begin(), named.find(index));
      now.insert(std::min(static_cast<std::uint32_t>(rank), count - 1));
    }
    fault.target.fixed.assign(now.begin(), now.end());
  }
  return smaller;
}

std::uint32_t named_processes(const Scenario& scenario, Role role) {
  return static_cast<std::uint32_t>(indexes_of(scenario, role).size());
}

Scenario with_plain_ids(const Scenario& scenario) {
  Scenario named = scenario;
  for (std::size_t i = 0; i < named.faults.size(); ++i) {
    named.faults[i].id = "f" + std::to_string(i + 1);
  }
  for (std::size_t i = 0; i < named.runbook.size(); ++i) {
    const std::string old = scenario.runbook[i].id;
    named.runbook[i].id = "s" + std::to_string(i + 1);
    for (std::size_t later = i + 1; later < named.runbook.size(); ++later) {
      if (scenario.runbook[later].after.step == old) {
        named.runbook[later].after.step = named.runbook[i].id;
      }
    }
  }
  return named;
}

}  // namespace aftershock::shrink
