#include "harness/sweep/load.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <set>
#include <span>
#include <system_error>
#include <utility>

#include "core/columns.h"
#include "core/sha256.h"

namespace aftershock::sweep {
namespace {

struct Entry {
  Scenario scenario;
  bool canary = false;
};

std::string real_path(const std::string& path) {
  std::error_code error;
  const auto real = std::filesystem::weakly_canonical(path, error);
  return error ? path : real.string();
}

std::expected<PlannedScenario, std::string> planned(const Entry& entry) {
  const Scenario& scenario = entry.scenario;
  auto digest = file_digest(scenario.path);
  if (!digest) return std::unexpected(digest.error());
  PlannedScenario found{scenario.name, scenario.title, scenario.path, *std::move(digest), {}};
  for (const ClaimedMark& mark : scenario.exercises) found.claims.push_back(mark.name);
  found.canary = entry.canary;
  found.violates = scenario.violates.value_or("");
  if (entry.canary && found.violates.empty()) {
    return std::unexpected("'" + delta::one_line(scenario.path) +
                           "' is no canary: its `expect` names no invariant that must break");
  }
  return found;
}

}  // namespace

std::expected<LoadedSweep, std::string> load_sweep(std::vector<Scenario> scenarios,
                                                   std::vector<Scenario> canaries) {
  std::vector<Entry> entries;
  std::set<std::string> known;
  for (Scenario& canary : canaries) {
    known.insert(real_path(canary.path));
    entries.push_back({std::move(canary), true});
  }
  for (Scenario& scenario : scenarios) {
    if (!known.contains(real_path(scenario.path))) entries.push_back({std::move(scenario), false});
  }
  std::ranges::sort(entries, {}, [](const Entry& entry) { return entry.scenario.path; });
  LoadedSweep loaded;
  for (Entry& entry : entries) {
    auto scenario = planned(entry);
    if (!scenario) return std::unexpected(scenario.error());
    loaded.plan.scenarios.push_back(*std::move(scenario));
    if (entry.canary) entry.scenario.violates.reset();
    loaded.scenarios.push_back(std::move(entry.scenario));
  }
  return loaded;
}

std::expected<std::string, std::string> file_digest(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  delta::Sha256 hash;
  std::array<char, 65'536> buffer;
  while (file) {
    file.read(buffer.data(), buffer.size());
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(buffer.data());
    hash.update(std::span(bytes, static_cast<std::size_t>(file.gcount())));
  }
  if (file.eof()) return delta::to_string(hash.finish());
  return std::unexpected("cannot read '" + delta::one_line(path) +
                         "': " + std::generic_category().message(errno));
}

}  // namespace aftershock::sweep
