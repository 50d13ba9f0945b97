// What a drill would do, in words.
#include <algorithm>
#include <array>
#include <set>

#include "harness/cli/look.h"
#include "harness/engine/drill_run.h"
#include "harness/scenario/cluster_text.h"
#include "harness/targets.h"
#include "reports/text.h"

namespace aftershock::cli {
namespace {

using delta::Duration;
using delta::format_duration;

std::string names_of(Role role, const std::vector<std::uint32_t>& indexes) {
  constexpr std::size_t most = 8;
  std::string text;
  for (std::size_t i = 0; i < std::min(most, indexes.size()); ++i) {
    text += (i == 0 ? "" : ", ") + target_name(role, indexes[i]);
  }
  if (indexes.size() > most) text += " and " + std::to_string(indexes.size() - most) + " more";
  return text;
}

/// Why these: "fixed_percent 20%, drawn by seed 7".
std::string selection_text(const TargetSpec& target, std::uint64_t seed) {
  std::string text(name_of(target.mode));
  if (target.percent > 0) text += " " + std::to_string(target.percent) + "%";
  if (target.count > 0) text += " " + std::to_string(target.count);
  const bool drawn = target.mode != TargetMode::kAll && target.fixed.empty();
  return text + (drawn ? ", drawn by seed " + std::to_string(seed) : "");
}

std::string fault_text(const FaultSpec& fault) {
  std::string text = fault.id + ": " + fault.kind;
  if (fault.barrier) {
    text += " at the next " + std::string(name_of(fault.barrier->name));
    if (fault.barrier->skip > 0) text += " but " + std::to_string(fault.barrier->skip);
    text += " within " + format_duration(fault.barrier->within);
  }
  if (fault.lasts > Duration{}) text += " for " + format_duration(fault.lasts);
  if (fault.stagger.start > Duration{}) {
    text += ", one after another within " + format_duration(fault.stagger.start);
  }
  return text;
}

struct Moment {
  Duration at;
  std::string what;
};

std::string timeline(const Scenario& scenario, std::uint64_t seed, std::size_t width) {
  std::vector<Moment> moments{{-scenario.steady_state.warm_up, "warm-up begins"},
                              {Duration::zero(), "time 0: warm-up ends, service must hold"},
                              {scenario.observation, "observation ends; final read and verdict"}};
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
    const FaultSpec& fault = scenario.faults[i];
    const auto indexes = resolve_fault_targets(scenario, i, seed);
    const Role role = fault.target.role;
    moments.push_back({fault.at, fault_text(fault) + "; hits " + names_of(role, indexes) + " (" +
                                     std::to_string(indexes.size()) + " of " +
                                     roles_text(role, scenario.cluster.count(role)) + "; " +
                                     selection_text(fault.target, seed) + ")"});
    if (fault.end() > fault.at) moments.push_back({fault.end(), fault.id + " ends"});
  }
  std::stable_sort(moments.begin(), moments.end(),
                   [](const Moment& a, const Moment& b) { return a.at < b.at; });
  std::string out;
  for (const Moment& moment : moments) {
    const std::string time = format_duration(moment.at);
    constexpr std::size_t column = 10;
    const std::string indent(column > time.size() ? column - time.size() : 0, ' ');
    out += wrapped("  " + indent + time + "  ", moment.what, width);
  }
  return out;
}

/// Of each role, how many processes any fault hits.
std::string blast_radius(const Scenario& scenario, std::uint64_t seed) {
  std::array<std::set<std::uint32_t>, kShownRoles.size()> hit;
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
    const auto indexes = resolve_fault_targets(scenario, i, seed);
    hit.at(static_cast<std::size_t>(scenario.faults[i].target.role))
        .insert(indexes.begin(), indexes.end());
  }
  std::string text;
  for (const Role role : kShownRoles) {
    if (is_apart(role, scenario.cluster)) continue;
    text += (text.empty() ? "" : ", ") +
            std::to_string(hit.at(static_cast<std::size_t>(role)).size()) + " of " +
            roles_text(role, scenario.cluster.count(role));
  }
  return text;
}

std::string objective_text(const Objective& objective) {
  std::string text =
      "target " + format_duration(objective.target) + ", max " + format_duration(objective.max);
  if (objective.stated_by == StatedBy::kDocument) return text + " (stated by the document)";
  return text + " (derived: " + one_line(objective.derivation) + ")";
}

}  // namespace

std::string format_plan(const Scenario& scenario, std::uint64_t seed, std::size_t width) {
  const auto line = [width](const char* title, const std::string& text) {
    return wrapped("  " + padded(title, 14), text, width);
  };
  const Duration longest = scenario.steady_state.warm_up + scenario.observation;
  const Objectives& objectives = scenario.objectives;
  std::string out = one_line(scenario.name + ": " + scenario.title) + "\n";
  out += line("source", one_line(scenario.source.document + ", " + scenario.source.section));
  out += line("file", one_line(scenario.path));
  out += line("seed", std::to_string(seed));
  out += line("cluster", cluster_text(scenario.cluster));
  out += line("blast radius", blast_radius(scenario, seed));
  out += line("RTO", objective_text(objectives.rto) +
                         ", recovered when: " + std::string(name_of(objectives.recovered_when)));
  out += line("RPO", objective_text(objectives.rpo) +
                         ", measured on: " + std::string(name_of(objectives.measured_on)));
  out += line("expected", scenario.violates ? "violates " + *scenario.violates : "pass");
  out += line("longest", format_duration(longest) + " of virtual time, then at most " +
                             format_duration(quiesce_bound(scenario, 0)) +
                             " (more with a backlog) until all work is done");
  return out + "  timeline\n" + timeline(scenario, seed, width);
}

}  // namespace aftershock::cli
