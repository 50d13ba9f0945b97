// artifacts.*
#include "harness/scenario/faults/families.h"

namespace aftershock {

std::vector<FaultInfo> artifact_faults() {
  return {
      {"artifacts.outage",
       "The artifact store refuses every request.",
       {Role::kArtifacts},
       true,
       fault_parameters()},
  };
}

}  // namespace aftershock
