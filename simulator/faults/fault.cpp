#include "simulator/faults/fault.h"

namespace aftershock::sim {

std::unique_ptr<Fault> make_fault(World& world, const FaultRequest& request) {
  CHECK(!request.targets.empty());
  for (const auto family :
       {make_process_fault, make_host_fault, make_network_fault, make_database_fault,
        make_disk_fault, make_queue_fault, make_artifact_fault, make_clock_fault, make_secret_fault,
        make_message_fault, make_region_fault}) {
    if (auto fault = family(world, request)) return fault;
  }
  return nullptr;
}

}  // namespace aftershock::sim
