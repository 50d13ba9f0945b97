// The end-to-end canary: submit, lease, complete, artifact readable, within its limit.
#pragma once

#include <vector>

#include "harness/engine/drill_context.h"
#include "harness/engine/recovery.h"

namespace aftershock {

class Canary {
 public:
  explicit Canary(DrillContext& context);

  /// Spawns it; it ends with load_stop.
  void start();
  /// In order of their end. Times count from time 0 of the fault timeline.
  const std::vector<CanarySample>& samples() const { return samples_; }

 private:
  void send_loop();
  void send_one();
  bool succeeds(delta::MonoTime deadline);
  /// The finished run; none if it did not finish in time.
  std::optional<delta::RunView> wait_for(delta::RunId run, delta::MonoTime deadline);
  bool artifact_is_readable(const delta::RunView& view);

  DrillContext& context_;
  delta::SharedSpec spec_;
  delta::OrchestratorClient client_;
  std::vector<CanarySample> samples_;
};

}  // namespace aftershock
