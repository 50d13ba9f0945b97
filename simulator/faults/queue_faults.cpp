// queue.outage
#include "simulator/faults/outage_fault.h"

namespace aftershock::sim {

std::unique_ptr<Fault> make_queue_fault(World& world, const FaultRequest& request) {
  if (request.kind != "queue.outage") return nullptr;
  return std::make_unique<OutageFault<QueueServer>>(world.queue);
}

}  // namespace aftershock::sim
