// A drill as its file describes it: plain data, every value checked by load_scenario().
// Times of faults and the observation count from time 0, the end of the warm-up.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/schedule_spec.h"
#include "core/settings.h"
#include "core/time.h"
#include "harness/scenario/cluster_spec.h"
#include "harness/scenario/disaster.h"
#include "harness/scenario/threshold.h"
#include "harness/scenario/words.h"

namespace aftershock {

struct SourceReference {
  std::string document;
  std::string section;
};

struct JobSpec {
  JobShape shape = JobShape::kSingle;
  DurationRange duration;
  std::uint32_t steps = 0;        ///< equal parts of each job, with checkpoints; 0: one command
  std::uint32_t artifacts = 0;    ///< uploaded by each job
  std::uint32_t secrets = 0;      ///< that each job needs, and prints
  std::uint32_t failure_ppm = 0;  ///< share of jobs whose command fails
  std::uint32_t cancel_ppm = 0;   ///< share of runs that the client cancels
  std::vector<std::string> secret_names() const;
};

/// A schedule that a client creates when the drill begins, and pauses when the load ends.
struct ScheduleWorkload {
  std::string name;
  delta::ScheduleTiming timing;
  delta::CatchUp catch_up = delta::CatchUp::latest;
  std::uint32_t cap = 0;
  JobSpec jobs;  ///< of each run; all runs of it are alike

  /// What the client asks for. `run`: of these jobs.
  delta::ScheduleSpec spec(delta::SharedSpec run) const {
    return {name, timing, catch_up, cap, std::move(run)};
  }
};

struct WorkloadSpec {
  delta::Duration interval{};  ///< between two submitted runs: the inverse of the file's rate
  JobSpec jobs;
  std::vector<ScheduleWorkload> schedules;
};

struct CanarySpec {
  delta::Duration interval{};
  delta::Duration limit{};         ///< from submit to a readable artifact
  delta::Duration job_duration{};  ///< what the canary's job takes by itself
};

struct SteadyStateSpec {
  delta::Duration warm_up{};
  CanarySpec canary;
  delta::Duration window{};  ///< W: service must hold this long to count as recovered
};

/// What the source document says is usually measured. It is shown beside our figure, and judges
/// nothing.
struct TypicalActual {
  DurationRange range;
  std::string differs;  ///< why ours is another; empty: nobody expects that
};

struct Objective {
  delta::Duration target{};
  delta::Duration max{};
  StatedBy stated_by = StatedBy::kDocument;
  std::string derivation;  ///< not empty when derived
  std::optional<TypicalActual> typical = {};
};

struct Objectives {
  Objective rto;
  RecoveredWhen recovered_when = RecoveredWhen::kService;
  Objective rpo;
  MeasuredOn measured_on = MeasuredOn::kLoss;
  std::vector<Threshold> thresholds;  ///< after the recovery
};

struct ExceptedInvariant {
  std::string name;
  std::string reason;
};

/// A rare path that the drill claims to take; see mark_catalogue().
struct ClaimedMark {
  std::string name;
  std::uint32_t at_least = 1;
};

/// An alert that has to fire, and what the runbook's checklist has to point at when it does.
struct DetectionSpec {
  std::string alert;         ///< in alert_rules()
  delta::Duration within{};  ///< from t0
  std::string diagnosis;     ///< the name of a Culprit; empty: not asked for
};

/// A place in the order in which a system is started again.
struct OrderedRole {
  Role role = Role::kDatabase;
  std::optional<delta::Duration> within;  ///< from its start until it is ready, at most
};

struct Scenario {
  std::string name;
  std::string title;
  SourceReference source;
  std::string rationale;
  ClusterSpec cluster;
  delta::Settings settings;
  WorkloadSpec workload;
  SteadyStateSpec steady_state;
  std::vector<FaultSpec> faults;  ///< in the file's order, then those that the nemesis drew
  std::optional<NemesisSpec> nemesis;
  bool buggify = false;  ///< rare but legal misfortunes of the simulated world
  std::vector<StepSpec> runbook;
  std::vector<OrderedRole> recovery_order;  ///< empty: any order will do
  std::vector<Check> checklist;             ///< after the recovery
  delta::Duration observation{};            ///< from time 0; covers every fault, TTL, grace and W
  Objectives objectives;
  std::vector<ExceptedInvariant> excepted_invariants;
  std::vector<ClaimedMark> exercises;
  std::vector<DetectionSpec> detection;
  std::optional<std::string> violates;  ///< the invariant that must break; none: pass
  std::string path;                     ///< the file, as given to load_scenario()
  std::string sha256;                   ///< of its text, hexadecimal

  /// Objectives and recovery are not asked for.
  bool safety_only() const { return nemesis && nemesis->mode == NemesisMode::kSafetyOnly; }
};

}  // namespace aftershock
