#include "orchestrator/replies.h"

#include <algorithm>

namespace delta {

namespace {

/// What is left of the lease. A repetition gets less than the message that it repeats, and nobody
/// more than the TTL in force: an end set before the database's clock went back promises nothing.
Duration ttl_of(const Attempt& attempt, const Context& context) {
  const Duration left = lease_end(attempt, context.grace_until) - context.now;
  return std::clamp(left, Duration(0), context.lease_ttl);
}

}  // namespace

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

Response submit_reply(const Decided& decided, RunId run) {
  if (decided.verdicts[0] == Reason::paused) {
    return failure_reply(Status::unavailable, "an operator has paused ingestion; try again later");
  }
  Response response;
  response.body = SubmitReply{run, decided.rows.run(run)->audit};
  return response;
}

Response grants_reply(const Decided& decided, const std::vector<AttemptId>& attempts) {
  AcquireReply reply;
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    if (decided.verdicts[i]) continue;
    const Attempt* attempt = decided.rows.attempt(attempts[i]);
    reply.grants.push_back({attempt->ref(), attempt->epoch, attempt->spec, attempt->resume});
  }
  Response response;
  response.body = std::move(reply);
  return response;
}

Response lease_reply(const Decided& decided, AttemptId attempt) {
  Response response = verdict_reply(decided.verdicts[0]);
  const Attempt* row = decided.rows.attempt(attempt);
  if (response.status == Status::ok && row != nullptr) {
    response.body = LeaseReply{ttl_of(*row, decided.context)};
  }
  return response;
}

Response heartbeat_reply(const Decided& decided, const std::vector<AttemptId>& attempts) {
  HeartbeatReply reply;
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    const Attempt* attempt = decided.rows.attempt(attempts[i]);
    LeaseStatus status{attempts[i], decided.verdicts[i]};
    if (attempt != nullptr && !status.refused) {
      status.cancel = attempt->state == AttemptState::cancel_requested;
      status.ttl = ttl_of(*attempt, decided.context);
    }
    reply.leases.push_back(status);
  }
  Response response;
  response.body = std::move(reply);
  return response;
}

}  // namespace delta
