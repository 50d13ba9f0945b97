// The load of a drill: runs, submitted at a steady rate by clients that retry.
#pragma once

#include "core/rng.h"
#include "harness/engine/drill_context.h"

namespace aftershock {

/// A run of these jobs: `draw` decides durations and failures.
delta::SharedSpec make_run(const JobSpec& jobs, std::string name, delta::Rng& draw);
/// The drill's own program, which every world can run.
std::string work_command(delta::Duration duration, int exit_code, std::uint32_t artifacts);
/// The same work in equal steps: the last one has the exit code and the artifacts, and each adds
/// its index to the job's state.
std::vector<delta::JobStep> work_steps(std::uint32_t count, delta::Duration duration, int exit_code,
                                       std::uint32_t artifacts);

/// How long a client goes on trying to have one thing done.
inline constexpr delta::Duration kClientPatience = std::chrono::minutes(2);

class Workload {
 public:
  Workload(DrillContext& context, delta::Rng rng);

  /// Spawns the load; it ends with load_stop.
  void start();

 private:
  void submit_loop();
  void submit_one(const delta::SharedSpec& spec, bool cancel, delta::Duration cancel_after);

  DrillContext& context_;
  delta::Rng rng_;
  delta::OrchestratorClient client_;
};

}  // namespace aftershock
