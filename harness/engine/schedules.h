// The schedules of a drill: a client creates them, and pauses them when the load ends, so that the
// drill comes to rest.
#pragma once

#include "core/rng.h"
#include "harness/engine/drill_context.h"

namespace aftershock {

class Schedules {
 public:
  Schedules(DrillContext& context, delta::Rng rng) : context_(context), rng_(rng) {}

  /// Spawns a client for each schedule; it ends with load_stop. There may be none.
  void start();

 private:
  void look_after(const delta::SharedSchedule& spec);
  /// Tries until it is settled, or the client gives up.
  void ask(delta::OrchestratorClient& client, const delta::Request& request);

  DrillContext& context_;
  delta::Rng rng_;
};

}  // namespace aftershock
