// From the FILE and FOLDER arguments of a command to scenarios.
#pragma once

#include <string>
#include <vector>

#include "harness/scenario/scenario.h"
#include "harness/scenario/text.h"

namespace aftershock::cli {

struct ScenarioFiles {
  std::vector<std::string> paths;
  std::vector<std::string> errors;  ///< a sentence for each argument that gives no file
};

/// Each file as given, each folder as all *.yaml below it, sorted. A file that is named twice is
/// taken once. Whether a file given by name exists is found out by loading it.
ScenarioFiles find_scenario_files(const std::vector<std::string>& arguments);

struct LoadedScenarios {
  std::vector<Scenario> scenarios;  ///< those that are right, in the order of their files
  std::string errors;               ///< of all other files, ready to print; empty: all are right
  std::size_t bad_files = 0;
};

LoadedScenarios load_scenarios(const std::vector<std::string>& arguments);

}  // namespace aftershock::cli
