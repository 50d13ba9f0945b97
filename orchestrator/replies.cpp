#include "orchestrator/replies.h"

namespace delta {

Response verdict_reply(std::optional<Reason> refused) {
  Response response;
  if (refused && *refused != Reason::already_done) {
    response.status = Status::refused;
    response.reason = refused;
  }
  return response;
}

Response failure_reply(Status status, std::string detail) {
  Response response;
  response.status = status;
  response.detail = std::move(detail);
  return response;
}

Response empty_grants() {
  Response response;
  response.body = AcquireReply{};
  return response;
}

Response grants_reply(Verdicts verdicts, const std::vector<AttemptId>& attempts, const Rows& rows) {
  AcquireReply reply;
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    if (verdicts[i]) continue;
    const Attempt* attempt = rows.attempt(attempts[i]);
    reply.grants.push_back({attempt->ref(), attempt->epoch, attempt->spec});
  }
  Response response;
  response.body = std::move(reply);
  return response;
}

Response heartbeat_reply(Verdicts verdicts, const std::vector<AttemptId>& attempts,
                         const Rows& rows) {
  HeartbeatReply reply;
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    const Attempt* attempt = rows.attempt(attempts[i]);
    const bool cancel = attempt != nullptr && attempt->state == AttemptState::cancel_requested;
    reply.leases.push_back({attempts[i], verdicts[i], cancel});
  }
  Response response;
  response.body = std::move(reply);
  return response;
}

}  // namespace delta
