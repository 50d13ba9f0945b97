// queue.*
#include "harness/scenario/faults/families.h"

namespace aftershock {

std::vector<FaultInfo> queue_faults() {
  return {
      {"queue.outage",
       "The queue refuses every connection and drops those that are open.",
       {Role::kQueue},
       true,
       fault_parameters()},
  };
}

}  // namespace aftershock
