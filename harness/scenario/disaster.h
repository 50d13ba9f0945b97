// What goes wrong in a drill and what is done about it, as its file describes it. Times count from
// time 0, the end of the warm-up.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/parameters.h"
#include "core/time.h"
#include "harness/scenario/words.h"

namespace aftershock {

/// Inclusive on both ends; min <= max.
struct DurationRange {
  delta::Duration min{};
  delta::Duration max{};
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

}  // namespace aftershock
