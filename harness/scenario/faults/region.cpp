// region.*
#include "harness/scenario/faults/families.h"

namespace aftershock {

namespace {

constexpr std::array<std::string_view, 2> kFromNames{"everything", "regions"};

}  // namespace

std::vector<FaultInfo> region_faults() {
  return {
      {"region.isolate",
       "Messages into the region or out of it are lost, and nobody is told.",
       {Role::kRegion},
       true,
       fault_parameters(
           {choice_parameter("from",
                             "What it is cut off from: everything else, or only the other regions; "
                             "then clients, the queue and the stores still reach it.",
                             kFromNames, "everything"),
            choice_parameter("direction",
                             "Which messages: 'to', what the region sends; 'from', what is sent to "
                             "it; or both.",
                             kDirectionNames, "both")})},
      {"region.down",
       "No host in the region has power: its processes and database servers are gone at once, and "
       "come back with the power.",
       {Role::kRegion},
       true,
       fault_parameters()},
  };
}

}  // namespace aftershock
