// The sweep itself: hands drills to workers, collects what they answer, stops when it must.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "harness/sweep/journal.h"
#include "harness/sweep/plan.h"
#include "harness/sweep/tally.h"
#include "harness/sweep/worker.h"

namespace aftershock::sweep {

struct SweepLimits {
  std::uint32_t jobs = 1;                           ///< workers side by side
  std::optional<delta::Duration> budget = {};       ///< after it no drill is begun
  bool stop_on_first = false;                       ///< nor after one that failed
  delta::Duration drill = std::chrono::minutes(5);  ///< one that takes longer is killed: a crash
};

struct SweepStatus {
  const Tally& tally;
  std::uint64_t new_drills = 0;  ///< without those of a resumed journal
  std::optional<std::uint64_t> planned = {};
  delta::Duration elapsed{};
};

struct SweepTools {
  Work work;
  std::function<bool()> interrupted;  ///< asked several times a second
  Journal::Clock clock;
  std::function<void(const SweepStatus&)> progress = {};  ///< called often; may be empty
  std::string host = {};                                  ///< its name, for the report
};

/// What is known before it begins: of a new sweep nothing, of a resumed one its journal's content.
struct SweepState {
  explicit SweepState(const SweepPlan& of) : plan(of), tally(of), planner(of) {}

  /// From a journal. A reason: it does not belong to this plan.
  std::optional<std::string> add(const Entry& entry);
  /// A drill of planner.next().
  void add_result(const DrillResult& result);

  const SweepPlan& plan;
  Tally tally;
  Planner planner;
  /// First digests of drills that are to be run again, and have not been.
  std::map<DrillKey, std::string> to_recheck;
};

struct SweepOutcome {
  Ended ended = {};
  std::string error =
      {};  ///< what the system refused, so that the sweep had to stop; empty: nothing
};

/// Returns when every drill that was begun has ended and is in `journal` (which may be absent).
SweepOutcome run_sweep(SweepState& state, Journal* journal, const SweepLimits& limits,
                       const SweepTools& tools);

}  // namespace aftershock::sweep
