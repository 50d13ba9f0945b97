// network.*
#include "harness/scenario/faults/families.h"

namespace aftershock {

using namespace std::chrono_literals;

namespace {

Field partition_parameters() {
  Field from = choice_parameter(
      "from", "The target's role again, where it makes the file easier to read.", kRoleNames);
  from.required = false;
  return fault_parameters(
      {std::move(from),
       choice_parameter("to", "The role whose processes the targets are cut off from.", kRoleNames),
       choice_parameter("direction",
                        "Which messages are lost: 'to', what the targets send; 'from', what is "
                        "sent to them; or both.",
                        kDirectionNames, "both")});
}

}  // namespace

std::vector<FaultInfo> network_faults() {
  const std::vector<Role> everyone{Role::kOrchestrator, Role::kRunner, Role::kDatabase,
                                   Role::kQueue, Role::kArtifacts};
  return {
      {"network.partition", "Messages between the targets and another role are lost.", everyone,
       true, partition_parameters()},
      {"network.delay", "Every message from and to the targets arrives later.", everyone, true,
       fault_parameters(
           {time_parameter("latency", "Added to each message, one way.", 1us),
            time_parameter("jitter", "Each delay is up to this much longer or shorter.", 0ns,
                           "0s")})},
      {"network.loss", "A share of the messages from and to the targets is lost.", everyone, true,
       fault_parameters({percent_parameter("percent", "Share of messages that are lost.")})},
  };
}

}  // namespace aftershock
