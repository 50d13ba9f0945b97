// What must hold between the order of recovery, the runbook's starts and the faults.
#include "harness/scenario/recovery_rules.h"

#include <algorithm>
#include <set>

namespace aftershock {
namespace {

bool is_process(Role role) {
  return role == Role::kOrchestrator || role == Role::kScheduler || role == Role::kRunner ||
         role == Role::kMonitoring;
}

bool can_be_started(Role role) {
  return is_process(role) || role == Role::kDatabase || role == Role::kQueue;
}

/// Says what is wrong with a role that is to be started, or stopped; empty: nothing.
std::string problem_with(const ClusterSpec& cluster, Role role, bool only_processes) {
  const bool fits = only_processes ? is_process(role) : can_be_started(role);
  if (!fits) {
    return quote(name_of(role)) + " cannot be " + (only_processes ? "stopped" : "started") +
           " here: only orchestrator, scheduler, runner, monitoring" +
           (only_processes ? "" : ", database and queue");
  }
  return std::string(cluster.lacks(role));
}

void check_steps(const Scenario& scenario, const View& runbook, Problems& problems) {
  for (std::size_t i = 0; i < scenario.runbook.size(); ++i) {
    const StepSpec& step = scenario.runbook[i];
    if (!step.parameters.has("role")) continue;
    const bool only_processes = step.kind != "start_services";
    const std::string wrong =
        problem_with(scenario.cluster, step.parameters.choice<Role>("role"), only_processes);
    if (!wrong.empty()) problems.add(runbook.items()[i]["parameters"].at(), wrong);
  }
}

void check_roles(const Scenario& scenario, const View& order, Problems& problems) {
  std::set<Role> seen;
  for (std::size_t i = 0; i < scenario.recovery_order.size(); ++i) {
    const Role role = scenario.recovery_order[i].role;
    const Position at = order.items()[i]["role"].at();
    const std::string wrong = problem_with(scenario.cluster, role, false);
    if (!wrong.empty()) problems.add(at, wrong);
    if (!seen.insert(role).second) problems.add(at, quote(name_of(role)) + " is listed twice");
  }
}

/// Where the order has it; none: anywhere.
std::optional<std::size_t> rank_of(const Scenario& scenario, Role role) {
  const auto& order = scenario.recovery_order;
  const auto found = std::ranges::find(order, role, &OrderedRole::role);
  return found == order.end() ? std::nullopt : std::optional(std::size_t(found - order.begin()));
}

/// Whether the step begins only when that other one is done.
bool comes_after(const Scenario& scenario, const StepSpec& step, const StepSpec& other) {
  const StepSpec* at = &step;
  while (!at->after.step.empty()) {
    const auto before = std::ranges::find(scenario.runbook, at->after.step, &StepSpec::id);
    if (before == scenario.runbook.end()) return false;  // reported where it is read
    if (&*before == &other) return true;
    at = &*before;
  }
  return false;
}

void check_order(const Scenario& scenario, const View& runbook, Problems& problems) {
  const std::vector<StepSpec>& steps = scenario.runbook;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto role = started_by(steps[i]);
    const auto rank = role ? rank_of(scenario, *role) : std::nullopt;
    if (!rank) continue;
    for (const StepSpec& other : steps) {
      const auto first = started_by(other);
      const auto first_rank = first ? rank_of(scenario, *first) : std::nullopt;
      if (!first_rank || *first_rank >= *rank || comes_after(scenario, steps[i], other)) continue;
      problems.add(runbook.items()[i]["after"].at(),
                   quote(name_of(*role)) + " is started before " + quote(name_of(*first)) +
                       " is: the recovery_order has it later",
                   "write after: {step: " + other.id + "}");
      break;
    }
  }
}

/// What a fault leaves off has to be started.
void check_hosts(const Scenario& scenario, const View& faults, Problems& problems) {
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
    const FaultSpec& fault = scenario.faults[i];
    if (fault.kind != "host.down" || fault.random) continue;
    const bool restored =
        fault.target.role == Role::kDatabase && fault.parameters.flag("disk_lost");
    const auto starts = [&](const StepSpec& step) {
      return started_by(step) == fault.target.role &&
             (!restored || step.kind == "restore_database");
    };
    if (std::ranges::any_of(scenario.runbook, starts)) continue;
    problems.add(
        faults.items()[i]["fault"].at(),
        restored ? "the database's disk is gone, and no step of the runbook is "
                   "restore_database"
                 : "no step of the runbook starts " + quote(name_of(fault.target.role)) + " again");
  }
}

/// What cannot be looked at where there is none of it.
std::string_view missing_for(const Scenario& scenario, Check check) {
  if (check == Check::kSchedules && scenario.workload.schedules.empty()) {
    return "the workload has no 'schedules'";
  }
  if (check == Check::kPerformance && scenario.objectives.thresholds.empty()) {
    return "the objectives have no 'thresholds'";
  }
  return {};
}

void check_checklist(const Scenario& scenario, const View& list, Problems& problems) {
  std::set<Check> seen;
  for (std::size_t i = 0; i < scenario.checklist.size(); ++i) {
    const Check check = scenario.checklist[i];
    const Position at = list.items()[i]["check"].at();
    const std::string_view missing = missing_for(scenario, check);
    if (!missing.empty()) problems.add(at, std::string(missing));
    if (!seen.insert(check).second) problems.add(at, quote(name_of(check)) + " is listed twice");
  }
}

}  // namespace

std::optional<Role> started_by(const StepSpec& step) {
  if (step.kind == "restore_database") return Role::kDatabase;
  if (step.kind != "start_services") return std::nullopt;
  return step.parameters.choice<Role>("role");
}

void check_recovery(const Scenario& scenario, const View& root, Problems& problems) {
  for (const std::string_view key :
       {"cluster", "workload", "faults", "runbook", "recovery_order", "checklist", "objectives"}) {
    if (!root[key].is_sound(problems)) return;
  }
  check_checklist(scenario, root["checklist"], problems);
  check_steps(scenario, root["runbook"], problems);
  check_roles(scenario, root["recovery_order"], problems);
  check_order(scenario, root["runbook"], problems);
  check_hosts(scenario, root["faults"], problems);
}

}  // namespace aftershock
