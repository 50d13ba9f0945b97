// Every kind of fault that a scenario may name.
#include "harness/scenario/fault_catalogue.h"

#include "core/check.h"

namespace aftershock {
namespace {

using namespace std::chrono_literals;

Field time_parameter(std::string_view key, std::string_view description, delta::Duration min,
                     std::string_view fallback = {}) {
  return {.key = std::string(key),
          .type = FieldType::kDuration,
          .description = std::string(description),
          .required = fallback.empty(),
          .fallback = std::string(fallback),
          .min = min.count(),
          .max = delta::Duration(24h).count()};
}

std::vector<Field> partition_parameters() {
  return {{.key = "from",
           .type = FieldType::kChoice,
           .description = "The target's role again, where it makes the file easier to read.",
           .required = false,
           .choices = kRoleNames},
          {.key = "to",
           .type = FieldType::kChoice,
           .description = "The role whose processes the targets are cut off from.",
           .choices = kRoleNames},
          {.key = "direction",
           .type = FieldType::kChoice,
           .description = "Which messages are lost: 'to', what the targets send; 'from', what is "
                          "sent to them; or both.",
           .required = false,
           .fallback = "both",
           .choices = kDirectionNames}};
}

std::vector<Field> loss_parameters() {
  return {{.key = "percent",
           .type = FieldType::kPercent,
           .description = "Share of messages that are lost.",
           .min = 1,
           .max = 1'000'000}};
}

Field parameters(std::vector<Field> fields = {}) {
  return {.key = "parameters",
          .type = FieldType::kMap,
          .description = "Depends on the fault.",
          .required = !fields.empty(),
          .fields = std::move(fields)};
}

std::vector<FaultInfo> make_catalogue() {
  const std::vector<Role> programs{Role::kOrchestrator, Role::kRunner};
  const std::vector<Role> database{Role::kDatabase};
  const std::vector<Role> everyone{Role::kOrchestrator, Role::kRunner, Role::kDatabase,
                                   Role::kQueue, Role::kArtifacts};
  const Field none = parameters();
  return {
      {FaultKind::kProcessKill, "process.kill",
       "SIGKILL: the process ends at once; its restart policy brings it back.", programs, false,
       none},
      {FaultKind::kProcessStop, "process.stop",
       "SIGTERM: the process ends in order; its restart policy says whether it comes back.",
       programs, false, none},
      {FaultKind::kProcessPause, "process.pause",
       "The process stands still for the duration, with its connections open.", programs, true,
       none},
      {FaultKind::kDatabaseCrash, "database.crash",
       "The database ends without a shutdown, is down for the downtime, and replays its log.",
       database, false,
       parameters({time_parameter("downtime", "From the crash to the database's start.", 1ms)})},
      {FaultKind::kDatabaseOutage, "database.outage",
       "The database refuses every connection and drops those that are open.", database, true,
       none},
      {FaultKind::kDatabaseDropConnections, "database.drop_connections",
       "Every open connection is cut once; new ones are accepted at once.", database, false, none},
      {FaultKind::kDatabaseInDoubtCommit, "database.in_doubt_commit",
       "Every commit is carried out, but its reply is lost and the connection cut.", database, true,
       none},
      {FaultKind::kQueueOutage,
       "queue.outage",
       "The queue refuses every connection and drops those that are open.",
       {Role::kQueue},
       true,
       none},
      {FaultKind::kArtifactsOutage,
       "artifacts.outage",
       "The artifact store refuses every request.",
       {Role::kArtifacts},
       true,
       none},
      {FaultKind::kNetworkPartition, "network.partition",
       "Messages between the targets and another role are lost.", everyone, true,
       parameters(partition_parameters())},
      {FaultKind::kNetworkDelay, "network.delay",
       "Every message from and to the targets arrives later.", everyone, true,
       parameters({time_parameter("latency", "Added to each message, one way.", 1us),
                   time_parameter("jitter", "Each delay is up to this much longer or shorter.", 0ns,
                                  "0s")})},
      {FaultKind::kNetworkLoss, "network.loss",
       "A share of the messages from and to the targets is lost.", everyone, true,
       parameters(loss_parameters())},
  };
}

}  // namespace

std::span<const FaultInfo> fault_catalogue() {
  static const std::vector<FaultInfo> catalogue = make_catalogue();
  return catalogue;
}

const FaultInfo& fault_info(FaultKind kind) {
  const auto index = static_cast<std::size_t>(kind);
  CHECK(index < fault_catalogue().size() && fault_catalogue()[index].kind == kind);
  return fault_catalogue()[index];
}

std::string_view name_of(FaultKind kind) { return fault_info(kind).name; }

}  // namespace aftershock
