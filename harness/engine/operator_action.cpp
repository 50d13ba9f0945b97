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

StepResult request_action(DrillContext& context, const AdminAction& action) {
  OrchestratorClient client(context.runtime, context.cluster.transport(),
                            context.scenario.settings);
  const auto keep_trying = [&context] { return !context.watch_stop.requested(); };
  std::uint64_t rows = 0;
  for (;;) {
    const AdminRequest request{random_id<OperationId>(context.runtime.random), "drill", action};
    const auto answer = client.call_until_settled(request, keep_trying);
    if (!answer) return {false, "no orchestrator answered before the end of the drill"};
    if (answer->status != Status::ok) {
      return {false, answer->detail.empty() ? "refused" : answer->detail};
    }
    const auto* reply = std::get_if<AdminReply>(&answer->body);
    if (reply != nullptr) rows += reply->rows;
    // One request does a part of what is too much for one.
    const bool rest = reply != nullptr && reply->more;
    if (!rest || !std::holds_alternative<RevokeLeases>(action)) break;
  }
  return {true, "done; " + std::to_string(rows) + " rows"};
}

}  // namespace aftershock
