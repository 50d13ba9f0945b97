// What about a scenario may be simpler, and how.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "harness/scenario/scenario.h"
#include "harness/shrink/ddmin.h"

namespace aftershock::shrink {

/// One value, or a few that belong together.
struct Aspect {
  std::string name;  ///< "the workload's rate", for a progress display
  /// Scenarios that are simpler in this respect, the simplest first; some may be no scenarios. A
  /// chain of them, each made from the one before, ends.
  std::function<std::vector<Scenario>(const Scenario&)> simpler;
};

/// Things of which some may be left out.
struct ListAspect {
  std::string name;
  std::size_t fewest = 0;
  std::function<std::size_t(const Scenario&)> size;
  std::function<Scenario(const Scenario&, const Kept&)> part;
};

/// What decides most: faults, steps of the runbook; then what is asked for besides.
std::vector<ListAspect> list_aspects();

// Each group is for this scenario and for simpler ones with as many faults and steps.
std::vector<Aspect> cluster_aspects();
std::vector<Aspect> workload_aspects();
std::vector<Aspect> time_aspects();
std::vector<Aspect> setting_aspects();
std::vector<Aspect> fault_aspects(const Scenario& scenario);
std::vector<Aspect> step_aspects(const Scenario& scenario);

/// The aspect of one value: `of` says where it is, `simpler` what it may become.
template <class Of, class Simpler>
Aspect aspect_of(std::string name, Of of, Simpler simpler) {
  return {std::move(name), [of, simpler](const Scenario& scenario) {
            std::vector<Scenario> all;
            Scenario copy = scenario;
            for (const auto& value : simpler(of(copy))) {
              Scenario changed = scenario;
              of(changed) = value;
              all.push_back(std::move(changed));
            }
            return all;
          }};
}

}  // namespace aftershock::shrink
