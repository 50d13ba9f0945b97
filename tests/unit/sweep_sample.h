// A plan and results of drills, for the tests of sweeps.
#pragma once

#include "harness/sweep/journal.h"
#include "harness/sweep/plan.h"
#include "harness/sweep/result.h"

namespace aftershock::sweep {

/// Three scenarios, of which the first is a canary; seeds 1..10.
inline SweepPlan sample_plan() {
  SweepPlan plan;
  plan.scenarios = {{.name = "canary",
                     .title = "Must fail",
                     .path = "canary.yaml",
                     .sha256 = "00",
                     .claims = {},
                     .canary = true,
                     .violates = "audit-replays"},
                    {.name = "fast",
                     .title = "A fast one",
                     .path = "fast.yaml",
                     .sha256 = "11",
                     .claims = {"lease-expired"}},
                    {.name = "slow",
                     .title = "A slow one",
                     .path = "slow.yaml",
                     .sha256 = "22",
                     .claims = {"forced-cancel"}}};
  plan.seeds = {.first = 1, .count = 10};
  return plan;
}

inline JournalHead sample_head() { return {"1.2.3", "abc", sample_plan()}; }

inline DrillResult passed(DrillKey key) {
  using namespace std::chrono_literals;
  return {.key = key,
          .ending = Ending::pass,
          .digest = "d" + std::to_string(key.seed),
          .steps = 100 + key.seed,
          .rta = SweepFigure{std::chrono::seconds(key.seed)},
          .rpa = delta::Duration{},
          .marks = {{"lease-expired", 2}},
          .wall = 10ms};
}

inline DrillResult failed(DrillKey key, const std::string& invariant = "one-live-lease") {
  DrillResult result = passed(key);
  result.ending = Ending::fail;
  result.group = "invariant " + invariant + " violated";
  result.why = "job 1 has two holders";
  result.broken = {invariant};
  return result;
}

}  // namespace aftershock::sweep
