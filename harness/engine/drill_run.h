// The phases of one drill, against any cluster: warm-up, inject, recover, quiesce. What was seen
// goes into the report; the final read and the verdict follow in judge.h.
#pragma once

#include <functional>

#include "harness/drill.h"
#include "harness/engine/canary.h"
#include "harness/engine/checklist.h"
#include "harness/engine/runbook.h"
#include "harness/engine/schedules.h"
#include "harness/engine/scraper.h"
#include "harness/engine/work_watch.h"
#include "harness/engine/workload.h"

namespace aftershock {

/// `recovers`: within this time after the last heal and the end of the load, every run is
/// terminal. Derived from the settings: a lease may be lost just before, and three times more in a
/// row; and the backlog of `open_runs` has to be worked off.
delta::Duration quiesce_bound(const Scenario& scenario, std::size_t open_runs);

class DrillRun {
 public:
  /// `trace` may be null.
  DrillRun(const Scenario& scenario, Cluster& cluster, const DrillOptions& options,
           TraceRecorder* trace);

  /// From the first canary to the end of the quiescing. Suspends.
  void run();
  /// What was measured, without what the final read and the checkers add.
  void fill(DrillReport& report) const;
  /// The checklist: once the report has everything else.
  void fill_checklist(DrillReport& report) const;
  /// Every run was terminal within the bound after the load stopped.
  bool quiesced() const { return quiesced_; }
  const std::vector<WitnessedWrite>& acknowledged() const {
    return context_.witness.acknowledged();
  }
  /// t0, if any fault took effect.
  std::optional<Bounds> first_effect() const { return faults_.first_effect(); }
  /// The witness's time on the fault timeline.
  delta::Duration since_zero(delta::MonoTime time) const { return time - context_.zero; }

 private:
  void begin(std::string_view phase) const;
  void show(std::string_view phase) const;
  void wait_in_phase(std::string_view phase, delta::Duration until);
  /// Of the checklist what has to be looked at in the last moment of the observation. Suspends.
  void look_around();
  void quiesce();
  void judge_faults(DrillReport& report) const;
  void judge_detection(const Bounds& t0, DrillReport& report) const;
  void judge_runbook(DrillReport& report) const;
  bool was_started_before(const Bounds& recovered) const;
  void fill_phases(const Bounds& t0, const ServiceRecovery& service, DrillReport& report) const;
  void judge_steady_state(DrillReport& report) const;
  void fill_recovery(DrillReport& report) const;
  void fill_thresholds(const std::optional<Bounds>& recovered, DrillReport& report) const;
  void fill_canary(DrillReport& report) const;
  void fill_alerts(DrillReport& report) const;
  ServiceRecovery service_since(const Bounds& t0) const;
  std::optional<Bounds> recovered(const Bounds& t0, const ServiceRecovery& service) const;
  /// What the recovery left as it is from `from` on.
  ChecklistFacts facts_since(Duration from) const;

  const DrillOptions& options_;
  DrillContext context_;
  FaultTimeline faults_;
  Workload workload_;
  Schedules schedules_;
  Canary canary_;
  WorkWatch watch_;
  Scraper scraper_;
  ReadinessProbe readiness_;
  RecoveryOrder order_;
  Runbook runbook_;
  std::map<Role, Presence> presence_;  ///< what look_around() saw
  std::map<Role, Readiness> ready_;
  bool quiesced_ = false;
};

}  // namespace aftershock
