// The checklist after a recovery: each item looked at, with what was seen. Definitions:
// docs/MEASUREMENT.md.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <vector>

#include "harness/engine/readiness.h"
#include "harness/engine/recovery.h"

namespace aftershock {

/// Whose processes and servers the checklist looks at.
inline constexpr std::array kChecklistRoles{Role::kOrchestrator, Role::kScheduler, Role::kRunner,
                                            Role::kMonitoring,   Role::kDatabase,  Role::kQueue};

/// What was seen from the recovery, or from the end of the runbook if that is later, to the end of
/// the observation.
struct ChecklistFacts {
  Duration until{};
  std::map<Role, Presence> presence = {};  ///< at the end
  std::map<Role, Readiness> ready = {};    ///< at the end
  std::vector<Scrape> scrapes = {};        ///< oldest first
  std::vector<CanarySample> canaries = {};
  std::uint64_t calls = 0;                   ///< of clients that were answered
  std::optional<StepResult> test_task = {};  ///< done: it has succeeded; none: there was none
};

/// `report`: with its alerts, thresholds, invariants and dangling references. `facts` null: there
/// was no recovery, so nothing is well.
std::vector<CheckReport> judge_checklist(const Scenario& scenario, const ChecklistFacts* facts,
                                         const DrillReport& report);

}  // namespace aftershock
