// process.*
#include "harness/scenario/faults/families.h"

namespace aftershock {

using namespace std::chrono_literals;

std::vector<FaultInfo> process_faults() {
  const std::vector<Role> programs{Role::kOrchestrator, Role::kScheduler, Role::kRunner};
  const std::vector<Role> processes{Role::kOrchestrator, Role::kScheduler, Role::kRunner,
                                    Role::kMonitoring};
  const Field none = fault_parameters();
  const Field grace = time_parameter("grace", "SIGKILL follows SIGTERM after this.", 0ns, "30s");
  return {
      {"process.kill", "SIGKILL: the process ends at once; its restart policy brings it back.",
       processes, false,
       fault_parameters({flag_parameter(
           "power_loss",
           "The host vanishes with it: no connection is closed, and nothing reaches it until the "
           "process is started again.",
           false)})},
      {"process.stop",
       "SIGTERM: the process ends in order; its restart policy says whether it comes back.",
       processes, false, fault_parameters({grace})},
      {"process.pause", "The process stands still for the duration, with its connections open.",
       processes, true, none},
      {"process.restart",
       "SIGTERM, and a start at once, whatever the restart policy says; with 'stagger' one target "
       "after another.",
       processes, false, fault_parameters({grace})},
      {"process.crash_loop", "Each process is killed again a while after it came up.", processes,
       true, fault_parameters({time_parameter("period", "From a start to the next crash.", 1ms)})},
      {"process.oom", "The kernel kills the process at its memory limit.", processes, false, none},
      {"process.panic", "The process ends itself by an exception that nobody catches.", processes,
       false, none},
      {"process.cpu_stress",
       "An overloaded host: everything that the process wakes up for waits for the processor.",
       programs, true,
       fault_parameters({time_parameter(
           "delay", "Of each wake-up, on average; between half and one and a half times this.",
           1us)})},
  };
}

}  // namespace aftershock
