// What a drill acts on and looks at: the simulated or the live world behind one interface.
#pragma once

#include <string>
#include <vector>

#include "core/ports/artifact_store.h"
#include "core/ports/runtime.h"
#include "core/ports/transport.h"
#include "core/rows.h"

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

/// Only the harness's own task uses it. Faults are named by their index in the scenario.
class Cluster {
 public:
  virtual ~Cluster() = default;

  // The witness's place: outside every fault domain.
  virtual delta::Runtime runtime() = 0;
  virtual delta::Transport& transport() = 0;
  virtual delta::ArtifactStore& artifacts() = 0;

  // Faults
  virtual std::vector<std::string> targets(std::size_t fault) const = 0;
  /// The live attempts that the fault is about to interrupt.
  virtual std::vector<TouchedWork> about_to_touch(std::size_t fault) const = 0;
  virtual void inject(std::size_t fault) = 0;
  virtual void heal(std::size_t fault) = 0;
  virtual FaultEffect effect(std::size_t fault) const = 0;

  // Observation
  /// The job is decided, or somebody who can works on it again.
  virtual bool is_progressing(const TouchedWork& work) const = 0;
  /// Runs that are not terminal and were submitted before `time`.
  virtual std::size_t open_runs(delta::MonoTime submitted_before) const = 0;
};

}  // namespace aftershock
