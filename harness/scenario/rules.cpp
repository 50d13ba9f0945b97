// What must hold between the values of a scenario: impossible targets, unreachable times.
#include "harness/scenario/rules.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "core/setting_catalogue.h"
#include "platform/calendar/zoned_calendar.h"

namespace aftershock {
namespace {

using delta::Duration;
using delta::format_duration;

void check_name(const Scenario& scenario, const View& name, Problems& problems) {
  const std::string stem = std::filesystem::path(scenario.path).stem().string();
  if (!name.is_sound(problems) || scenario.name == stem) return;
  problems.add(name.at(), "the scenario's name is not the file's, " + quote(stem),
               "write scenario: " + stem);
}

void check_range(const DurationRange& range, const View& view, Problems& problems) {
  if (!view.is_sound(problems) || range.min <= range.max) return;
  const View max = view["max"];
  problems.add(max.at(), "'max' (" + format_duration(range.max) + ") is shorter than 'min' (" +
                             format_duration(range.min) + ")");
}

void check_steady_state(const SteadyStateSpec& steady, const View& view, Problems& problems) {
  const View canary = view["canary"];
  if (!view.is_sound(problems)) return;
  if (steady.canary.limit < steady.canary.interval) {
    problems.add(canary["limit"].at(), "the canary's 'limit' is shorter than its 'interval' (" +
                                           format_duration(steady.canary.interval) + ")");
  }
  if (steady.canary.limit <= steady.canary.job_duration) {
    problems.add(canary["limit"].at(), "no canary can meet its 'limit': its job alone takes " +
                                           format_duration(steady.canary.job_duration));
  }
  if (steady.window < steady.canary.interval) {
    problems.add(view["window"].at(), "the 'window' is shorter than the canary's 'interval' (" +
                                          format_duration(steady.canary.interval) +
                                          "): it would hold no canary");
  }
}

void check_ids(const Scenario& scenario, const std::vector<View>& faults, Problems& problems) {
  std::map<std::string, std::size_t> seen;
  for (std::size_t i = 0; i < faults.size(); ++i) {
    const auto [first, fresh] = seen.emplace(scenario.faults[i].id, i);
    if (fresh) continue;
    const View id = faults[i]["id"];
    problems.add(id.at(), "the fault id " + quote(first->first) + " is taken by item " +
                              std::to_string(first->second + 1) + " of 'faults'");
  }
}

/// Whether every fault lies within the observation.
bool check_fault_times(const Scenario& scenario, const std::vector<View>& faults,
                       Problems& problems) {
  bool fits = true;
  const std::string end = " the observation ends at " + format_duration(scenario.observation);
  for (std::size_t i = 0; i < faults.size(); ++i) {
    const FaultSpec& fault = scenario.faults[i];
    if (fault.at >= scenario.observation) {
      problems.add(faults[i]["at"].at(), "the fault is never reached: it starts at " +
                                             format_duration(fault.at) + "," + end);
    } else if (fault.end() > scenario.observation) {
      const View last = fault.duration ? faults[i]["duration"] : faults[i]["parameters"];
      problems.add(last.at(), "the fault lasts until " + format_duration(fault.end()) + "," + end);
    }
    fits = fits && fault.end() <= scenario.observation && fault.at < scenario.observation;
  }
  return fits;
}

/// Whether what the nemesis does lies within the observation.
bool check_nemesis_times(const Scenario& scenario, const View& nemesis, Problems& problems) {
  if (!scenario.nemesis) return true;
  const Duration end = scenario.nemesis->start + scenario.nemesis->length;
  if (end <= scenario.observation) return true;
  problems.add(nemesis["length"].at(), "the nemesis lasts until " + format_duration(end) +
                                           ", the observation ends at " +
                                           format_duration(scenario.observation));
  return false;
}

/// From the begin of the first fault to the end of the last.
struct Disturbance {
  Duration first = Duration::max();
  Duration end{};
};

Disturbance disturbance_of(const Scenario& scenario) {
  Disturbance all;
  for (const FaultSpec& fault : scenario.faults) {
    all.first = std::min(all.first, fault.at);
    all.end = std::max(all.end, fault.end());
  }
  if (scenario.nemesis) {
    all.first = std::min(all.first, scenario.nemesis->start);
    all.end = std::max(all.end, scenario.nemesis->start + scenario.nemesis->length);
  }
  return all;
}

/// An outage may begin only when leases run out, and ends only when W was seen to the end.
Duration least_for_leases(const Scenario& scenario) {
  return disturbance_of(scenario).end + 2 * scenario.settings.lease_ttl +
         scenario.steady_state.window;
}

Duration least_for_rto(const Scenario& scenario) {
  return disturbance_of(scenario).first + scenario.objectives.rto.max +
         scenario.steady_state.window;
}

void check_observation(const Scenario& scenario, const View& view, Problems& problems) {
  const auto [first, end] = disturbance_of(scenario);
  const std::string window = format_duration(scenario.steady_state.window);
  if (const Duration least = least_for_leases(scenario); scenario.observation < least) {
    const std::string ttl = format_duration(scenario.settings.lease_ttl);
    problems.add(view.at(),
                 "the observation is too short: the last fault ends at " + format_duration(end) +
                     ", then come lease_ttl and one more of grace (2 x " + ttl +
                     ") and the window (" + window + ")",
                 "write " + format_duration(least) + " or more");
  } else if (const Duration judged = least_for_rto(scenario); scenario.observation < judged) {
    problems.add(view.at(),
                 "the observation is too short to judge rto.max: the first fault starts at " +
                     format_duration(first) + ", then come " +
                     format_duration(scenario.objectives.rto.max) + " and the window (" + window +
                     ")",
                 "write " + format_duration(judged) + " or more");
  }
}

void check_timeline(const Scenario& scenario, const View& root, Problems& problems) {
  const View observation = root["observation"];
  for (const std::string_view key : {"faults", "nemesis", "observation"}) {
    if (!root[key].is_sound(problems)) return;
  }
  if (!check_fault_times(scenario, root["faults"].items(), problems)) return;
  if (!check_nemesis_times(scenario, root["nemesis"], problems)) return;
  for (const std::string_view key : {"settings", "steady_state", "objectives"}) {
    if (!root[key].is_sound(problems)) return;
  }
  check_observation(scenario, observation, problems);
}

void check_objective(const Objective& objective, const View& view, Problems& problems) {
  if (!view.is_sound(problems)) return;
  if (objective.target > objective.max) {
    problems.add(view["target"].at(), "'target' (" + format_duration(objective.target) +
                                          ") is more than 'max' (" +
                                          format_duration(objective.max) + ")");
  }
  if (objective.stated_by == StatedBy::kDerived && objective.derivation.empty()) {
    problems.add(view["stated_by"].at(), "a derived objective needs a 'derivation'");
  }
  if (objective.typical) check_range(objective.typical->range, view["typical"], problems);
}

void check_invariants(const Scenario& scenario, const View& root, Problems& problems) {
  const View except = root["invariants"]["except"];
  if (!except.is_sound(problems)) return;
  std::set<std::string> seen;
  for (const View& item : except.items()) {
    const std::string name = item["name"].text();
    if (!seen.insert(name).second) {
      problems.add(item["name"].at(), quote(name) + " is excepted twice");
    }
    if (root["expect"].is_sound(problems) && scenario.violates == name) {
      problems.add(root["expect"]["violates"].at(),
                   quote(name) + " is excepted, so no violation of it can be seen");
    }
  }
}

/// The key that a sentence of delta::problems() names first, of those that the file has; else the
/// whole of `settings`.
Position place_of(const std::string& problem, const View& settings) {
  constexpr const char* letters = "abcdefghijklmnopqrstuvwxyz_";
  for (std::size_t at = 0; at < problem.size();) {
    const std::size_t begin = std::min(problem.find_first_of(letters, at), problem.size());
    at = std::min(problem.find_first_not_of(letters, begin), problem.size());
    const std::string word = problem.substr(begin, at - begin);
    const auto known =
        std::ranges::find(delta::setting_catalogue(), word, &delta::SettingInfo::key);
    if (known != delta::setting_catalogue().end() && settings[word].given()) {
      return settings[word].named_at();
    }
  }
  return settings.named_at();
}

void check_settings(const delta::Settings& values, const View& settings, Problems& problems) {
  if (!settings.given() || !settings.is_sound(problems)) return;
  for (const std::string& problem : delta::problems(values)) {
    problems.add(place_of(problem, settings), "settings: " + problem);
  }
}

/// What the orchestrators would refuse.
void check_schedules(const Scenario& scenario, const View& list, Problems& problems) {
  const std::vector<View> items = list.items();
  std::set<std::string> seen;
  delta::RunSpec any_run;
  any_run.jobs.emplace_back().name = "job";
  const delta::SharedSpec run = delta::prepare(std::move(any_run)).value();
  for (std::size_t i = 0; i < items.size(); ++i) {
    const ScheduleWorkload& spec = scenario.workload.schedules[i];
    if (!items[i].is_sound(problems)) continue;
    check_range(spec.jobs.duration, items[i]["jobs"]["duration"], problems);
    if (!seen.insert(spec.name).second) {
      problems.add(items[i]["name"].at(), "another schedule has the name " + quote(spec.name));
    }
    std::string wrong = delta::problem(spec.spec(run));
    if (wrong.empty()) wrong = delta::ZonedCalendar().problem(spec.timing);
    if (!wrong.empty()) problems.add(items[i]["expression"].at(), wrong);
  }
}

/// Each run is kept to the end of the drill, so their number is its memory.
void check_amount(std::string_view what, Duration interval, const View& place,
                  const Scenario& scenario, Problems& problems) {
  constexpr std::int64_t most = 1'000'000;
  const Duration span = scenario.steady_state.warm_up + scenario.observation;
  if (span / interval <= most) return;
  problems.add(place.at(), std::to_string(span / interval) + " " + std::string(what) +
                               " in the drill's " + format_duration(span) +
                               " are too many: at most " + std::to_string(most));
}

void check_amounts(const Scenario& scenario, const View& root, Problems& problems) {
  const View rate = root["workload"]["rate"];
  const View steady = root["steady_state"];
  if (!steady.is_sound(problems) || !root["observation"].is_sound(problems)) return;
  check_amount("canaries", scenario.steady_state.canary.interval, steady["canary"]["interval"],
               scenario, problems);
  if (!root["workload"].is_sound(problems)) return;
  check_amount("runs", scenario.workload.interval, rate, scenario, problems);
  const std::vector<View> schedules = root["workload"]["schedules"].items();
  for (std::size_t i = 0; i < schedules.size(); ++i) {
    const delta::ScheduleTiming& timing = scenario.workload.schedules[i].timing;
    if (timing.kind != delta::ScheduleKind::interval) continue;
    check_amount("fires", period_of(timing), schedules[i]["expression"], scenario, problems);
  }
}

void check_disaster(const Scenario& scenario, const View& root, Problems& problems) {
  if (!root["faults"].given() && !root["nemesis"].given()) {
    problems.add(root.at(),
                 "a drill needs 'faults' or a 'nemesis': nothing goes wrong in this one");
  }
  if (root["faults"].is_sound(problems)) check_ids(scenario, root["faults"].items(), problems);
}

/// What moves the database to another server needs one.
void check_standbys(const Scenario& scenario, const View& root, Problems& problems) {
  const DatabaseSpec& database = scenario.cluster.database;
  const View view = root["cluster"]["database"];
  if (database.synchronous != Synchronous::kOff && database.confirmations > database.standbys) {
    const View key = view[view["confirmations"].given() ? "confirmations" : "synchronous"];
    problems.add(key.at(),
                 "every commit would wait for ever: " + std::to_string(database.confirmations) +
                     " confirmations are asked of " + std::to_string(database.standbys) +
                     " standbys");
  }
  if (database.standbys > 0) return;
  const std::string none = " needs a standby, and the cluster's database has none";
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
    if (scenario.faults[i].kind != "database.failover") continue;
    problems.add(root["faults"].items()[i]["fault"].at(), scenario.faults[i].kind + none);
  }
  for (std::size_t i = 0; i < scenario.runbook.size(); ++i) {
    const std::string& kind = scenario.runbook[i].kind;
    if (kind != "promote_standby" && kind != "rebuild_standbys") continue;
    problems.add(root["runbook"].items()[i]["step"].at(), kind + none);
  }
}

void check_queue(const Scenario& scenario, const View& root, Problems& problems) {
  if (scenario.cluster.queue.replicas > 0) return;
  for (std::size_t i = 0; i < scenario.runbook.size(); ++i) {
    const std::string& kind = scenario.runbook[i].kind;
    if (kind != "promote_queue_replica") continue;
    problems.add(root["runbook"].items()[i]["step"].at(),
                 kind + " needs a replica, and the cluster's queue has none");
  }
}

}  // namespace

Duration least_observation(const Scenario& scenario) {
  return std::max(least_for_leases(scenario), least_for_rto(scenario));
}

void check_rules(const Scenario& scenario, const View& root, Problems& problems) {
  check_name(scenario, root["scenario"], problems);
  check_standbys(scenario, root, problems);
  check_queue(scenario, root, problems);
  check_range(scenario.cluster.network.latency, root["cluster"]["network"]["latency"], problems);
  check_settings(scenario.settings, root["settings"], problems);
  check_range(scenario.workload.jobs.duration, root["workload"]["jobs"]["duration"], problems);
  check_schedules(scenario, root["workload"]["schedules"], problems);
  check_steady_state(scenario.steady_state, root["steady_state"], problems);
  check_amounts(scenario, root, problems);
  check_disaster(scenario, root, problems);
  const View objectives = root["objectives"];
  check_objective(scenario.objectives.rto, objectives["rto"], problems);
  check_objective(scenario.objectives.rpo, objectives["rpo"], problems);
  check_timeline(scenario, root, problems);
  check_invariants(scenario, root, problems);
}

}  // namespace aftershock
