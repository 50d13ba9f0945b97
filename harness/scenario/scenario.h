// A drill as its file describes it: plain data, every value checked by load_scenario().
// Times of faults and the observation count from time 0, the end of the warm-up.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/parameters.h"
#include "core/settings.h"
#include "core/time.h"
#include "harness/scenario/words.h"

namespace aftershock {

struct SourceReference {
  std::string document;
  std::string section;
};

struct RestartSpec {
  RestartPolicy policy = RestartPolicy::kAlways;
  delta::Duration delay{};  ///< from the end of the process to its next start
};

struct ProcessGroup {
  std::uint32_t count = 1;
  std::uint32_t slots = 1;  ///< jobs side by side; only meant for runners
  RestartSpec restart;
};

/// Inclusive on both ends; min <= max.
struct DurationRange {
  delta::Duration min{};
  delta::Duration max{};
};

struct NetworkSpec {
  DurationRange latency;  ///< one way, of one message
  std::uint32_t loss_ppm = 0;
};

struct ClusterSpec {
  ProcessGroup orchestrators;
  ProcessGroup runners;
  NetworkSpec network;

  /// How many processes a role has; 1 for all but orchestrators and runners.
  std::uint32_t count(Role role) const;
};

struct JobSpec {
  JobShape shape = JobShape::kSingle;
  DurationRange duration;
  std::uint32_t artifacts = 0;    ///< uploaded by each job
  std::uint32_t secrets = 0;      ///< that each job needs, and prints
  std::uint32_t failure_ppm = 0;  ///< share of jobs whose command fails
  std::uint32_t cancel_ppm = 0;   ///< share of runs that the client cancels
  std::vector<std::string> secret_names() const;
};

struct WorkloadSpec {
  delta::Duration interval{};  ///< between two submitted runs: the inverse of the file's rate
  JobSpec jobs;
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

struct TargetSpec {
  Role role = Role::kOrchestrator;
  TargetMode mode = TargetMode::kOne;
  std::uint32_t count = 0;           ///< kFixed with a number; otherwise 0
  std::uint32_t percent = 0;         ///< kFixedPercent and kRandom, 1 to 100; otherwise 0
  std::vector<std::uint32_t> fixed;  ///< kFixed with a list: sorted, without repeats
};

/// Waits, from the fault's `at` on, for a moment of the world. With target mode `one` of a role
/// that takes part in it, the target is the process that reached it.
struct BarrierSpec {
  Barrier name = Barrier::kCommitDurable;
  std::uint32_t skip = 0;    ///< let so many go by first
  delta::Duration within{};  ///< without it until then, the fault is not injected
};

/// Swizzle: the targets are hit one after another, and healed in another order.
struct StaggerSpec {
  delta::Duration start{};  ///< from the first to the last at most
  delta::Duration heal{};
};

struct FaultSpec {
  std::string id;    ///< unique in the file
  std::string kind;  ///< "database.outage": in fault_catalogue()
  TargetSpec target;
  delta::Duration at{};  ///< when it starts, at the earliest
  std::optional<BarrierSpec> barrier;
  std::optional<delta::Duration> duration;
  StaggerSpec stagger;
  delta::Parameters parameters;  ///< all of its kind's, but optional ones without a default
  delta::Duration lasts{};       ///< the duration, or the parameter that says so (a downtime), or 0
  bool random = false;           ///< drawn by the nemesis: it may come to nothing

  /// When the harness stops disturbing, at the latest.
  delta::Duration end() const {
    return at + (barrier ? barrier->within : delta::Duration{}) + stagger.start + lasts +
           stagger.heal;
  }
};

/// One kind of random fault.
struct NemesisFault {
  FaultSpec pattern;  ///< without id and times
  delta::Duration every{};
  DurationRange duration;  ///< of a kind that has one
};

struct NemesisSpec {
  delta::Duration start{};
  delta::Duration length{};
  NemesisMode mode = NemesisMode::kRecoverable;
  std::uint32_t swarm_ppm = 0;
  std::uint32_t at_once = 0;
  std::vector<NemesisFault> faults;
};

/// What makes somebody begin a step: exactly one of the three.
struct StepTrigger {
  std::optional<delta::Duration> time;  ///< from time 0
  std::string alert;                    ///< that fires, after time 0
  std::string step;                     ///< that is done: the id of an earlier one
};

struct StepSpec {
  std::string id;    ///< unique in the file
  std::string kind;  ///< "lift_fault": in step_catalogue()
  StepBy by = StepBy::kOperator;
  StepTrigger after;
  delta::Duration delay{};  ///< assumed: from the trigger to the step's begin
  delta::Parameters parameters;
};

struct Objective {
  delta::Duration target{};
  delta::Duration max{};
  StatedBy stated_by = StatedBy::kDocument;
  std::string derivation;  ///< not empty when derived
};

struct Objectives {
  Objective rto;
  RecoveredWhen recovered_when = RecoveredWhen::kService;
  Objective rpo;
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
  std::vector<StepSpec> runbook;
  delta::Duration observation{};  ///< from time 0; covers every fault, TTL, grace and W
  Objectives objectives;
  std::vector<ExceptedInvariant> excepted_invariants;
  std::vector<ClaimedMark> exercises;
  std::optional<std::string> violates;  ///< the invariant that must break; none: pass
  std::string path;                     ///< the file, as given to load_scenario()

  /// Objectives and recovery are not asked for.
  bool safety_only() const { return nemesis && nemesis->mode == NemesisMode::kSafetyOnly; }
};

}  // namespace aftershock
