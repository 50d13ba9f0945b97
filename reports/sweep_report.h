// The report of a sweep: many seeds of many scenarios. JSON is its one true form, as with a drill's
// report; reports/sweep.schema.json describes it. Everything is sorted, and the same for the same
// drills, however they were shared out; only SweepMachine says how it went this time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"

namespace aftershock {

/// A duration, or ">T": longer than T, nobody knows how much. Such a figure is larger than any
/// other, and never averaged.
struct SweepFigure {
  delta::Duration value{};
  bool beyond = false;
};

/// Percentiles by nearest rank: each is a figure that some drill had.
struct Distribution {
  std::uint64_t count = 0;  ///< drills with such a figure
  std::optional<SweepFigure> p50 = {}, p95 = {}, p99 = {}, max = {};
};

/// A rare path: how many drills took it, and how often altogether.
struct SweepMark {
  std::string name;
  std::uint64_t drills = 0;
  std::uint64_t count = 0;
  bool claimed = false;  ///< the scenario says that it takes it
};

struct SweepCounts {
  std::uint64_t drills = 0;  ///< the sum of the next four
  std::uint64_t passed = 0;
  std::uint64_t failed = 0;
  std::uint64_t inconclusive = 0;
  std::uint64_t crashed = 0;           ///< of the simulation, or killed by its time limit
  std::uint64_t violating = 0;         ///< of the failed ones: broke an invariant undeclared
  std::uint64_t rechecked = 0;         ///< run twice
  std::uint64_t nondeterministic = 0;  ///< of them: another digest
};

struct SweepScenario {
  std::string name;
  std::string title;
  std::string path;
  SweepCounts counts;
  /// When no invariant broke undeclared: with 95 % confidence one does in at most one of so many
  /// seeds (the rule of three: n / 3). None: one broke, or nothing was judged.
  std::optional<std::uint64_t> at_most_one_in = {};
  Distribution rta;  ///< upper bounds
  Distribution rpa;
  std::vector<SweepMark> marks;
};

enum class FindingKind : std::uint8_t { crash, failure, nondeterminism, inconclusive };

/// One seed of a finding.
struct SweepSeed {
  std::uint64_t seed = 0;
  std::uint64_t steps = 0;  ///< of the simulation, until the drill ended; 0: unknown
  std::string why;
  std::string replay;  ///< the command that runs exactly this again
};

/// Drills of one scenario that did not pass for the same reason.
struct SweepFinding {
  FindingKind kind = FindingKind::failure;
  std::string scenario;
  std::string path;
  std::string reason;
  std::uint64_t count = 0;
  std::vector<SweepSeed> seeds;  ///< those with the fewest steps first, at most kKeptSeeds
};
inline constexpr std::size_t kKeptSeeds = 10;

/// A scenario that must be seen to fail: otherwise a night without failures proves nothing.
struct SweepCanary {
  std::string scenario;
  std::string path;
  std::string invariant;  ///< that has to break
  std::uint64_t seed = 0;
  bool seen = false;
  std::string what;  ///< what came of it
};

/// The one part that may differ between two sweeps of the same drills.
struct SweepMachine {
  std::string host;
  std::uint64_t jobs = 0;           ///< workers side by side; 0: several machines
  std::vector<std::string> shards;  ///< "1/4", in order
  delta::Duration wall{};           ///< from begin to end; of several machines the longest
  delta::Duration worked{};         ///< what all drills took, added up
  double drills_per_second = 0;
};

struct SweepReport {
  static constexpr int kVersion = 2;
  std::string tool_version;
  std::string build;  ///< SHA-256 of the program
  std::uint64_t first_seed = 0;
  std::optional<std::uint64_t> seeds;    ///< of each scenario; none: as many as the time allowed
  std::string schedule = "random";       ///< of every drill, as `--schedule` takes it
  std::string ended;                     ///< complete, budget, first_failure, interrupted or killed
  std::optional<std::uint64_t> not_run;  ///< drills that were planned and not run
  SweepCounts counts;                    ///< without the canaries
  std::optional<std::uint64_t> at_most_one_in;
  std::vector<SweepMark> marks;  ///< of all scenarios together
  std::vector<SweepCanary> canaries;
  std::vector<SweepFinding> findings;
  std::vector<SweepScenario> scenarios;
  SweepMachine machine;
};

}  // namespace aftershock
