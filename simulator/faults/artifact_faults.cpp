// artifacts.outage
#include "simulator/faults/outage_fault.h"

namespace aftershock::sim {

std::unique_ptr<Fault> make_artifact_fault(World& world, const FaultRequest& request) {
  if (request.kind != "artifacts.outage") return nullptr;
  return std::make_unique<OutageFault<ArtifactServer>>(world.artifacts);
}

}  // namespace aftershock::sim
