#include "harness/cli/scenario_files.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <system_error>

#include "harness/scenario/loader.h"
#include "reports/text.h"

namespace aftershock::cli {
namespace {

namespace fs = std::filesystem;

void add_folder(const std::string& folder, ScenarioFiles& found) {
  std::vector<std::string> paths;
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    std::error_code ignored;  // of a broken link: then it is no folder
    const bool is_folder = entry->is_directory(ignored);
    if (entry->path().extension() == ".yaml" && !is_folder) paths.push_back(entry->path().string());
  }
  if (error) {
    found.errors.push_back("cannot read the folder '" + one_line(folder) + "': " + error.message());
  } else if (paths.empty()) {
    found.errors.push_back("no scenario (*.yaml) in the folder '" + one_line(folder) + "'");
  }
  std::sort(paths.begin(), paths.end());
  found.paths.insert(found.paths.end(), paths.begin(), paths.end());
}

void drop_repeats(std::vector<std::string>& paths) {
  std::set<std::string> seen;
  std::erase_if(paths, [&](const std::string& path) {
    std::error_code error;
    const fs::path real = fs::weakly_canonical(path, error);
    return !seen.insert(error ? path : real.string()).second;
  });
}

/// The scenarios below ./scenarios that have the name of an absent file, as a question.
std::optional<std::string> files_of_that_name(const std::string& absent) {
  const std::string stem = fs::path(absent).filename().replace_extension().string();
  ScenarioFiles known;
  add_folder("scenarios", known);
  std::string files;
  for (const std::string& path : known.paths) {
    if (fs::path(path).stem() != stem) continue;
    files += (files.empty() ? "" : " or ") + one_line(path);
  }
  return files.empty() ? std::nullopt : std::optional("did you mean " + files + "?");
}

}  // namespace

ScenarioFiles find_scenario_files(const std::vector<std::string>& arguments) {
  ScenarioFiles found;
  for (const std::string& argument : arguments) {
    std::error_code error;
    if (fs::is_directory(argument, error)) {
      add_folder(argument, found);
    } else {
      found.paths.push_back(argument);
    }
  }
  drop_repeats(found.paths);
  return found;
}

LoadedScenarios load_scenarios(const std::vector<std::string>& arguments) {
  const ScenarioFiles files = find_scenario_files(arguments);
  LoadedScenarios loaded;
  for (const std::string& error : files.errors) loaded.errors += "error: " + error + "\n";
  for (const std::string& path : files.paths) {
    std::expected<Scenario, std::vector<Diagnostic>> scenario = load_scenario(path);
    if (scenario) {
      loaded.scenarios.push_back(std::move(*scenario));
    } else {
      std::error_code error;
      const bool absent = !fs::exists(path, error);
      if (absent) scenario.error().front().hint = files_of_that_name(path);
      loaded.errors += format_diagnostics(scenario.error());
      ++loaded.bad_files;
    }
  }
  return loaded;
}

}  // namespace aftershock::cli
