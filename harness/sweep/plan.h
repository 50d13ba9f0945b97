// What a sweep runs, and in which order: which (scenario, seed) pairs there are is a function of
// the command line and the files alone; only their order follows the time that each takes.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/time.h"
#include "harness/schedule.h"
#include "harness/sweep/seed_range.h"

namespace aftershock::sweep {

struct PlannedScenario {
  std::string name;
  std::string title;
  std::string path;
  std::string sha256;               ///< of the file
  std::vector<std::string> claims;  ///< marks that it claims to reach
  bool canary = false;              ///< must be seen to break `violates`
  std::string violates = {};        ///< the invariant that must break; empty: none

  bool operator==(const PlannedScenario&) const = default;
};

/// Shard `index` of `of`, from 1.
struct Shard {
  std::uint32_t index = 1;
  std::uint32_t of = 1;
  bool operator==(const Shard&) const = default;
};

struct SweepPlan {
  std::vector<PlannedScenario> scenarios;  ///< sorted by path
  SeedRange seeds;
  Shard shard;
  std::uint32_t recheck_ppm = 0;  ///< share of the drills that is run twice
  std::string other_build = {};   ///< SHA-256 of the program for that; empty: this one
  ScheduleSpec schedule = {};     ///< of every drill
};

/// One drill of the plan.
struct DrillKey {
  std::uint32_t scenario = 0;  ///< index into SweepPlan::scenarios
  std::uint64_t seed = 0;
  auto operator<=>(const DrillKey&) const = default;
};

/// Whether the plan has this drill. A canary is run with the first seed alone, and by every shard:
/// each machine has to show that it can see a bug. Any other pair belongs to exactly one shard.
bool belongs(const SweepPlan& plan, DrillKey key);

/// How many drills the shard has, without the canaries; none: as many as the time allows.
std::optional<std::uint64_t> planned_drills(const SweepPlan& plan);

/// Whether this drill is one of the share that is run twice.
bool is_rechecked(const SweepPlan& plan, DrillKey key);

/// Hands out the drills of a plan, canaries first, each once. Next is the scenario that was given
/// the least time so far, with its lowest seed that is left; so that slow drills do not starve the
/// others, and whoever stops early has given each scenario the same time.
class Planner {
 public:
  explicit Planner(const SweepPlan& plan);

  /// From a journal. False when it is not the plan's, or has been done already.
  bool done_before(DrillKey key, delta::Duration wall);

  bool has_next() const;
  /// None: nothing is left.
  std::optional<DrillKey> next();
  void took(DrillKey key, delta::Duration wall);

 private:
  struct Progress {
    std::uint64_t offset = 0;  ///< of the next seed, from the first
    bool exhausted = false;
    std::set<std::uint64_t> done_ahead;  ///< seeds from a journal that next() has yet to pass
    std::uint64_t begun = 0;             ///< from a journal, too
    std::uint64_t finished = 0;
    delta::Duration spent{};

    /// With what the drills that run now will have taken.
    delta::Duration expected() const;
  };

  /// Moves to the first drill that is left.
  void skip_done(std::uint32_t scenario);

  const SweepPlan& plan_;
  std::vector<Progress> progress_;
};

}  // namespace aftershock::sweep
