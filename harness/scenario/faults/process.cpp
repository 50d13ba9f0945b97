// process.*
#include "harness/scenario/faults/families.h"

namespace aftershock {

std::vector<FaultInfo> process_faults() {
  const std::vector<Role> programs{Role::kOrchestrator, Role::kRunner};
  const Field none = fault_parameters();
  return {
      {"process.kill", "SIGKILL: the process ends at once; its restart policy brings it back.",
       programs, false, none},
      {"process.stop",
       "SIGTERM: the process ends in order; its restart policy says whether it comes back.",
       programs, false, none},
      {"process.pause", "The process stands still for the duration, with its connections open.",
       programs, true, none},
  };
}

}  // namespace aftershock
