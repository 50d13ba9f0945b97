// A drill as its file describes it: plain data, every value checked by load_scenario().
// Times of faults and the observation count from time 0, the end of the warm-up.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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

  /// How many processes a role has; 1 for database, queue and artifacts.
  std::uint32_t count(Role role) const;
};

struct JobSpec {
  JobShape shape = JobShape::kSingle;
  DurationRange duration;
  std::uint32_t artifacts = 0;    ///< uploaded by each job
  std::uint32_t failure_ppm = 0;  ///< share of jobs whose command fails
  std::uint32_t cancel_ppm = 0;   ///< share of runs that the client cancels
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

/// Only those of the fault's kind are set.
struct FaultParameters {
  delta::Duration latency{};               ///< network.delay: added to each message, one way
  delta::Duration jitter{};                ///< network.delay: up to this much more or less
  delta::Duration downtime{};              ///< database.crash: until it starts again
  std::uint32_t loss_ppm = 0;              ///< network.loss
  Role to_role = Role::kDatabase;          ///< network.partition: whom the targets are cut off from
  Direction direction = Direction::kBoth;  ///< network.partition
};

struct FaultSpec {
  std::string id;  ///< unique in the file
  FaultKind kind = FaultKind::kProcessKill;
  TargetSpec target;
  delta::Duration at{};
  std::optional<delta::Duration> duration;
  FaultParameters parameters;

  /// When the harness stops disturbing: at + duration, or + downtime, or just at.
  delta::Duration end() const { return at + duration.value_or(parameters.downtime); }
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

struct Scenario {
  std::string name;
  std::string title;
  SourceReference source;
  std::string rationale;
  ClusterSpec cluster;
  delta::Settings settings;
  WorkloadSpec workload;
  SteadyStateSpec steady_state;
  std::vector<FaultSpec> faults;  ///< in the file's order; at least one
  delta::Duration observation{};  ///< from time 0; covers every fault, TTL, grace and W
  Objectives objectives;
  std::vector<ExceptedInvariant> excepted_invariants;
  std::optional<std::string> violates;  ///< the invariant that must break; none: pass
  std::string path;                     ///< the file, as given to load_scenario()
};

}  // namespace aftershock
