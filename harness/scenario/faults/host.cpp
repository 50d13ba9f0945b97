// host.*
#include "harness/scenario/faults/families.h"

namespace aftershock {

std::vector<FaultInfo> host_faults() {
  return {{"host.down",
           "The hosts lose their power and stay off until start_services, or restore_database, "
           "starts what ran on them.",
           {Role::kOrchestrator, Role::kScheduler, Role::kRunner, Role::kMonitoring,
            Role::kDatabase, Role::kQueue},
           false,
           fault_parameters({flag_parameter(
               "disk_lost", "Their disks are gone: the database must be restored from backups.",
               false)}),
           {},
           true}};
}

}  // namespace aftershock
