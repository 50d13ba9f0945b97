// message.*
#include "harness/scenario/faults/families.h"

namespace aftershock {

using namespace std::chrono_literals;

std::vector<FaultInfo> message_faults() {
  const std::vector<Role> control_plane{Role::kOrchestrator};
  return {
      {"message.late",
       "A share of what runners send to the targets arrives much later, after it was sent again.",
       control_plane, true,
       fault_parameters({time_parameter("delay", "How much later it arrives.", 1ms),
                         percent_parameter("percent", "Share of requests.")})},
      {"message.duplicate",
       "A share of what runners send to the targets arrives twice; the second answer is lost.",
       control_plane, true,
       fault_parameters(
           {percent_parameter("percent", "Share of requests.", "100%"),
            time_parameter("delay", "The copy arrives at most this much later.", 0ms, "1s")})},
      {"message.garble",
       "A share of the checkpoints that runners send to the targets loses the end of its state.",
       control_plane, true,
       fault_parameters({percent_parameter("percent", "Share of checkpoints.", "100%")})},
      {"message.poison",
       "Entries of attempts that do not exist, or that cannot be read, come into the queue.",
       {Role::kQueue},
       false,
       fault_parameters({count_parameter("count", "How many.", 1, 10'000)})},
  };
}

}  // namespace aftershock
