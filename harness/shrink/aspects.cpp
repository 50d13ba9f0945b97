#include "harness/shrink/aspects.h"

#include <algorithm>

#include "core/check.h"
#include "core/setting_catalogue.h"
#include "harness/scenario/loader.h"
#include "harness/scenario/rules.h"
#include "harness/shrink/edits.h"
#include "harness/shrink/simpler.h"

namespace aftershock::shrink {
namespace {

using delta::Duration;
using namespace std::chrono_literals;

/// A scenario that says only what it has to: all else has the format's defaults.
const Scenario& plainest() {
  static const Scenario scenario = parse_scenario(R"(
scenario: plainest
title: The defaults
source: {document: none, section: none}
rationale: None.
cluster: {orchestrators: {count: 1}, runners: {count: 1}}
workload: {rate: 1/s, jobs: {shape: single, duration: {min: 1s, max: 1s}}}
faults: [{fault: database.drop_connections, target: {role: database, mode: all}, at: 0s}]
observation: 1h
objectives:
  rto: {target: 1m, max: 1m, recovered_when: service, stated_by: document}
  rpo: {target: 0s, max: 0s, stated_by: document}
expect: pass
)",
                                                  "plainest.yaml")
                                       .value();
  return scenario;
}

/// Nothing but the default, of something that `of` finds.
template <class Of>
Aspect default_of(std::string name, Of of) {
  return aspect_of(std::move(name), of, [of](const auto&) {
    Scenario copy = plainest();
    return std::vector{of(copy)};
  });
}

/// The list that `of` finds, with items that nothing else names.
template <class Of>
ListAspect plain_list(std::string name, Of of) {
  return {std::move(name), 0,
          [of](const Scenario& scenario) {
            Scenario copy = scenario;
            return of(copy).size();
          },
          [of](const Scenario& scenario, const Kept& kept) {
            Scenario part = scenario;
            of(part) = part_of(of(part), kept);
            return part;
          }};
}

Aspect processes(std::string name, Role role) {
  return {std::move(name), [role](const Scenario& scenario) {
            const std::uint32_t now = scenario.cluster.count(role);
            const std::uint32_t named = named_processes(scenario, role);
            std::vector<std::uint32_t> counts = smaller_counts(now, 1);
            for (const std::uint32_t count : {named, named + 1}) {
              if (count >= 1 && count < now) counts.push_back(count);
            }
            std::ranges::sort(counts);
            counts.erase(std::unique(counts.begin(), counts.end()), counts.end());
            std::vector<Scenario> all;
            for (const std::uint32_t count : counts) {
              all.push_back(with_processes(scenario, role, count));
            }
            return all;
          }};
}

/// One length for all jobs is simpler than a range.
std::vector<DurationRange> simpler_ranges(const DurationRange& now) {
  std::vector<DurationRange> all;
  if (now.min < now.max) {
    all = {{now.min, now.min}, {now.max, now.max}};
    for (const Duration max : simpler_durations(now.max, now.min)) all.push_back({now.min, max});
    return all;
  }
  for (const Duration each : simpler_durations(now.max, 1s)) all.push_back({each, each});
  return all;
}

std::vector<JobShape> simpler_shapes(JobShape now) {
  std::vector<JobShape> all{JobShape::kSingle, JobShape::kChain, JobShape::kDiamond};
  all.resize(static_cast<std::size_t>(now));
  return all;
}

/// All of the timeline earlier, with the same distances.
std::vector<Scenario> earlier(const Scenario& scenario) {
  std::vector<Scenario> all;
  if (scenario.faults.empty()) return all;
  const Duration first = std::ranges::min(scenario.faults, {}, &FaultSpec::at).at;
  for (const Duration begin : simpler_durations(first, 0s)) {
    if (begin >= first) continue;
    Scenario moved = scenario;
    for (FaultSpec& fault : moved.faults) fault.at -= first - begin;
    for (StepSpec& step : moved.runbook) {
      if (step.after.time) step.after.time = std::max(0ns, *step.after.time - (first - begin));
    }
    all.push_back(std::move(moved));
  }
  return all;
}

/// As short as the rules allow, in whole minutes.
std::vector<Scenario> watched_shorter(const Scenario& scenario) {
  const Duration least = (least_observation(scenario) + 1min - 1ns) / 1min * 1min;
  if (least >= scenario.observation) return {};
  Scenario shorter = scenario;
  shorter.observation = least;
  return {std::move(shorter)};
}

}  // namespace

std::vector<ListAspect> list_aspects() {
  return {
      {"faults", 1, [](const Scenario& s) { return s.faults.size(); }, with_faults},
      {"steps of the runbook", 0, [](const Scenario& s) { return s.runbook.size(); }, with_steps},
      plain_list("schedules", [](Scenario& s) -> auto& { return s.workload.schedules; }),
      plain_list("alerts", [](Scenario& s) -> auto& { return s.detection; }),
      plain_list("marks", [](Scenario& s) -> auto& { return s.exercises; }),
      plain_list("exceptions", [](Scenario& s) -> auto& { return s.excepted_invariants; }),
  };
}

std::vector<Aspect> cluster_aspects() {
  const auto copies = [](std::uint32_t now) { return smaller_counts(now, 0); };
  return {
      processes("orchestrators", Role::kOrchestrator),
      processes("runners", Role::kRunner),
      aspect_of(
          "slots", [](Scenario& s) -> auto& { return s.cluster.runners.slots; },
          [](std::uint32_t now) { return smaller_counts(now, 1); }),
      default_of("restarts of orchestrators",
                 [](Scenario& s) -> auto& { return s.cluster.orchestrators.restart; }),
      default_of("restarts of runners",
                 [](Scenario& s) -> auto& { return s.cluster.runners.restart; }),
      default_of("the database's servers", [](Scenario& s) -> auto& { return s.cluster.database; }),
      aspect_of(
          "standbys", [](Scenario& s) -> auto& { return s.cluster.database.standbys; }, copies),
      default_of("the queue's servers", [](Scenario& s) -> auto& { return s.cluster.queue; }),
      aspect_of(
          "the queue's replicas", [](Scenario& s) -> auto& { return s.cluster.queue.replicas; },
          copies),
      default_of("whom commits wait for",
                 [](Scenario& s) -> auto& { return s.cluster.database.synchronous; }),
      default_of("the queue's syncs", [](Scenario& s) -> auto& { return s.cluster.queue.fsync; }),
      default_of("what the queue keeps",
                 [](Scenario& s) -> auto& { return s.cluster.queue.persistence; }),
      default_of("the network", [](Scenario& s) -> auto& { return s.cluster.network; }),
  };
}

std::vector<Aspect> workload_aspects() {
  const auto share = [](std::uint32_t now) { return smaller_shares(now); };
  const auto count = [](std::uint32_t now) { return smaller_counts(now, 0); };
  return {
      aspect_of(
          "the workload's rate", [](Scenario& s) -> auto& { return s.workload.interval; }, rarer),
      aspect_of(
          "the jobs' shape", [](Scenario& s) -> auto& { return s.workload.jobs.shape; },
          simpler_shapes),
      aspect_of(
          "the jobs' failures", [](Scenario& s) -> auto& { return s.workload.jobs.failure_ppm; },
          share),
      aspect_of(
          "cancellations", [](Scenario& s) -> auto& { return s.workload.jobs.cancel_ppm; }, share),
      aspect_of(
          "the jobs' steps", [](Scenario& s) -> auto& { return s.workload.jobs.steps; }, count),
      aspect_of(
          "artifacts", [](Scenario& s) -> auto& { return s.workload.jobs.artifacts; }, count),
      aspect_of(
          "secrets", [](Scenario& s) -> auto& { return s.workload.jobs.secrets; }, count),
      aspect_of(
          "the jobs' length", [](Scenario& s) -> auto& { return s.workload.jobs.duration; },
          simpler_ranges),
  };
}

std::vector<Aspect> time_aspects() {
  return {
      default_of("the canary", [](Scenario& s) -> auto& { return s.steady_state.canary; }),
      default_of("the window", [](Scenario& s) -> auto& { return s.steady_state.window; }),
      aspect_of(
          "the warm-up", [](Scenario& s) -> auto& { return s.steady_state.warm_up; },
          [](Duration now) { return simpler_durations(now, 0s); }),
      {"the timeline", earlier},
      {"the observation", watched_shorter},
  };
}

std::vector<Aspect> setting_aspects() {
  std::vector<Aspect> all{
      default_of("chances of the world", [](Scenario& s) -> auto& { return s.buggify; }),
      default_of("the settings", [](Scenario& s) -> auto& { return s.settings; })};
  for (const delta::SettingInfo& info : delta::setting_catalogue()) {
    const std::string name(info.key);
    if (info.duration != nullptr) {
      all.push_back(
          default_of(name, [&info](Scenario& s) -> auto& { return s.settings.*info.duration; }));
    } else if (info.count != nullptr) {
      all.push_back(
          default_of(name, [&info](Scenario& s) -> auto& { return s.settings.*info.count; }));
    } else {
      all.push_back(
          default_of(name, [&info](Scenario& s) -> auto& { return s.settings.*info.flag; }));
    }
  }
  return all;
}

}  // namespace aftershock::shrink
