// One execution of a scenario: warm-up, inject, recover, verify, quiesce, final read, verdict.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/audit.h"
#include "harness/scenario/scenario.h"
#include "harness/schedule.h"
#include "reports/report.h"
#include "reports/trace.h"
#include "simulator/kernel/stack_pool.h"
#include "simulator/kernel/step_log.h"

namespace aftershock {

/// Where a drill is, for a progress display.
struct Progress {
  std::string_view phase;  ///< "warm-up", "inject", "recover", "quiesce"
  delta::Duration elapsed{};
  delta::Duration expected{};  ///< of the whole drill
};

struct DrillOptions {
  std::uint64_t seed = 1;
  ScheduleSpec schedule = {};
  ChoiceRecord* choices = nullptr;                     ///< receives what there was to choose
  sim::StackPool* stacks = nullptr;                    ///< to reuse over many drills of one thread
  sim::StepLog* step_log = nullptr;                    ///< to compare two runs step by step
  Trace* trace = nullptr;                              ///< to see what happened; changes nothing
  std::function<void(const Progress&)> progress = {};  ///< called now and then; may be empty
  /// Receives the audit log as the final read finds it, in its order; may be empty.
  std::function<void(const delta::AuditEvent&)> audit = {};
};

/// Runs the scenario in the simulated world. Always returns a report: an internal error is thrown
/// as std::runtime_error only if there is nothing to report on.
DrillReport run_simulated(const Scenario& scenario, const DrillOptions& options);

/// Of a drill that ended in an error of ours, so that it is not missing from a report.
DrillReport aborted_report(const Scenario& scenario, const DrillOptions& options,
                           const std::string& error);

/// PCT must know about how many choices there are: counted in a drill with seed 1, whatever seeds
/// follow. Other schedules, and one that has been estimated, remain as they are.
/// run_simulated() does it by itself; whoever runs many seeds does it once.
ScheduleSpec estimated(const Scenario& scenario, const ScheduleSpec& schedule);

}  // namespace aftershock
