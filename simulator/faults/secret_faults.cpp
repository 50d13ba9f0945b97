// secrets.outage, secrets.error, secrets.slow
#include "simulator/faults/counted_fault.h"

namespace aftershock::sim {

std::unique_ptr<Fault> make_secret_fault(World& world, const FaultRequest& request) {
  if (!request.kind.starts_with("secrets.")) return nullptr;
  return make_server_fault(world.secrets, request);
}

}  // namespace aftershock::sim
