#include "harness/engine/operator_action.h"

namespace aftershock {

using namespace delta;

std::optional<AdminAction> admin_action(const StepSpec& step) {
  const Parameters& given = step.parameters;
  if (step.kind == "pause_ingestion") return PauseIngestion{};
  if (step.kind == "resume_ingestion") return ResumeIngestion{};
  if (step.kind == "set_lease_ttl")
    return SetLeaseTtl{given.duration("ttl"), given.duration("for")};
  if (step.kind == "limit_concurrency") return LimitConcurrency{given.count("most")};
  if (step.kind == "limit_submissions") return LimitSubmissions{given.count("per_minute")};
  if (step.kind == "reenqueue") return ReenqueueWork{};
  if (step.kind == "revoke_leases") return RevokeLeases{};
  if (step.kind == "begin_generation") return BeginGeneration{};
  return std::nullopt;
}

namespace {

std::string text_of(const Response& response) {
  if (response.status != Status::ok) return response.detail.empty() ? "refused" : response.detail;
  const auto* reply = std::get_if<AdminReply>(&response.body);
  if (reply == nullptr) return "done";
  return "done; " + std::to_string(reply->rows) + " rows";
}

}  // namespace

StepResult request_action(DrillContext& context, const AdminAction& action) {
  OrchestratorClient client(context.runtime, context.cluster.transport(),
                            context.scenario.settings);
  const AdminRequest request{random_id<OperationId>(context.runtime.random), "drill", action};
  const auto answer =
      client.call_until_settled(request, [&context] { return !context.watch_stop.requested(); });
  if (!answer) return {false, "no orchestrator answered before the end of the drill"};
  return {answer->status == Status::ok, text_of(*answer)};
}

}  // namespace aftershock
