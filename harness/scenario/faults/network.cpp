// network.*
#include "harness/scenario/faults/families.h"

namespace aftershock {

using namespace std::chrono_literals;

namespace {

Field link_parameters() {
  Field from = choice_parameter(
      "from", "The target's role again, where it makes the file easier to read.", kRoleNames);
  from.required = false;
  return fault_parameters(
      {std::move(from),
       choice_parameter("to",
                        "The role whose processes are at the other end; 'rest': every process and "
                        "server of the cluster that is not a target.",
                        kPeersNames),
       count_parameter("first", "Only so many of them, from index 0 on; 0: all.", 0, 10'000, "0"),
       choice_parameter("direction",
                        "Which messages: 'to', what the targets send; 'from', what is sent to "
                        "them; or both.",
                        kDirectionNames, "both")});
}

}  // namespace

std::vector<FaultInfo> network_faults() {
  const std::vector<Role> everyone{Role::kOrchestrator, Role::kRunner,      Role::kDatabase,
                                   Role::kQueue,        Role::kArtifacts,   Role::kSecrets,
                                   Role::kStandby,      Role::kQueueReplica};
  return {
      {"network.partition", "Messages between the targets and others are lost, and nobody is told.",
       everyone, true, link_parameters()},
      {"network.hold",
       "Messages between the targets and others are held back, and delivered in their order "
       "at the end.",
       everyone, true, link_parameters()},
      {"network.delay", "Every message from and to the targets arrives later.", everyone, true,
       fault_parameters(
           {time_parameter("latency", "Added to each message, one way.", 1us),
            time_parameter("jitter", "Each delay is up to this much longer or shorter.", 0ns,
                           "0s")})},
      {"network.loss", "A share of the messages from and to the targets is lost.", everyone, true,
       fault_parameters({percent_parameter("percent", "Share of messages that are lost.")})},
      {"network.reorder",
       "A share of the messages from and to the targets arrives later, so that others overtake "
       "them; never on one connection.",
       everyone, true,
       fault_parameters({percent_parameter("percent", "Share of messages that are put back."),
                         time_parameter("latency", "By how much.", 1us)})},
      {"network.bandwidth",
       "The targets' lines are slow: messages, of 2 KiB each, wait for those before them.",
       everyone, true,
       fault_parameters({count_parameter("kbit", "Thousand bits a second.", 1, 1'000'000'000)})},
      {"network.reset",
       "All connections from and to the targets are reset, at once and then again and again.",
       everyone, true,
       fault_parameters({time_parameter("interval", "From one reset to the next.", 1ms, "1s")})},
  };
}

}  // namespace aftershock
