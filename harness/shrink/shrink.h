// From a scenario that fails to the smallest one that is found to fail in the same way.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/scenario/scenario.h"
#include "harness/shrink/trials.h"

namespace aftershock::shrink {

/// Where the shrinking is, for a progress display.
struct Step {
  std::string aspect;  ///< what is being simplified
  const Scenario& smallest;
  Chance chance;
  std::size_t drills = 0;         ///< so far
  std::size_t since_success = 0;  ///< of them, since something became simpler
};

struct Options {
  TrialOptions trials;
  /// Seeds that are tried when a candidate passes, because another scenario draws other things: the
  /// first `few` of them for everything, all of them before a fault or a step is found to be
  /// needed. The first of them that fails takes the chance's place in the end.
  std::vector<std::uint64_t> others = {};
  std::size_t few = 4;
  std::function<void(const Step&)> progress = [](const Step&) {};
};

struct Shrunk {
  Scenario scenario;
  Chance chance;
  std::size_t drills = 0;
  bool complete = false;  ///< nothing simpler fails; otherwise it was stopped before that was sure
};

/// The scenario must fail by this chance, or nothing is returned. The outcome is a function of the
/// arguments, as long as it is not stopped. Name, title, source, rationale, path and objectives
/// stay; every candidate is read back from its file's text, so the outcome is what its file says.
std::optional<Shrunk> shrink(const Scenario& scenario, const Chance& chance, Options options);

}  // namespace aftershock::shrink
