// What a drill acts on and looks at: the simulated or the live world behind one interface.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/ports/artifact_store.h"
#include "core/ports/runtime.h"
#include "core/ports/transport.h"
#include "core/rows.h"
#include "harness/injections.h"

namespace aftershock {

/// Work that a fault interrupted: an attempt that was live in its hands.
struct TouchedWork {
  delta::AttemptRef ref;
  delta::DbTime lease_expires_at{};  ///< when the fault struck
};

struct FaultEffect {
  bool bit = false;
  std::string evidence;
};

/// A fault that has just been requested.
struct Injected {
  delta::MonoTime at{};
  std::vector<std::string> targets;
  std::vector<TouchedWork> touched;  ///< the live attempts that it interrupts
};

/// What became of a step.
struct StepResult {
  bool done = false;
  std::string detail;  ///< what was done, or why it was not
};

/// How much of a role is there: processes that run, servers that take connections.
struct Presence {
  std::size_t up = 0;
  std::size_t all = 0;
  bool complete() const { return up == all; }
};

/// Only the harness's own task uses it. Injections are named by their index in injections().
class Cluster {
 public:
  virtual ~Cluster() = default;

  // The witness's place: outside every fault domain.
  virtual delta::Runtime runtime() = 0;
  virtual delta::Transport& transport() = 0;  ///< as clients find the API
  virtual delta::ArtifactStore& artifacts() = 0;
  /// To whatever has to answer for its metrics, wherever it is: every orchestrator, those without
  /// an API last. There may be more of them later.
  virtual delta::Transport& scraped() = 0;

  // Faults
  virtual const std::vector<Injection>& injections() const = 0;
  virtual Injected inject(std::size_t injection) = 0;
  /// Injects it in the moment in which its barrier is reached. Suspends until then; none if that
  /// was not before `give_up`.
  virtual std::optional<Injected> inject_at_barrier(std::size_t injection,
                                                    delta::MonoTime give_up) = 0;
  // Only after it was injected.
  virtual void heal(std::size_t injection) = 0;
  virtual FaultEffect effect(std::size_t injection) const = 0;

  // Repair
  /// Carries out a step of the runbook that is done to machines, not by a request. Suspends.
  virtual StepResult act(const StepSpec& step) = 0;

  // Observation
  /// As who looks at the machines sees it.
  virtual Presence presence(Role role) const = 0;
  /// The job is decided, or somebody who can works on it again.
  virtual bool is_progressing(const TouchedWork& work) const = 0;
  /// Runs that are not terminal and were submitted before `time`.
  virtual std::size_t open_runs(delta::MonoTime submitted_before) const = 0;
};

}  // namespace aftershock
