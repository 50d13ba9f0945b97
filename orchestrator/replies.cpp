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

std::uint64_t digest_of(const RunSpec& spec) {
  std::uint64_t digest = hash_name(spec.name);
  const auto add = [&digest](std::uint64_t value) { digest = mix64(digest ^ value); };
  add(static_cast<std::uint64_t>(spec.timeout.count()));
  add(spec.jobs.size());
  for (const JobSpec& job : spec.jobs) {
    add(hash_name(job.name));
    add(hash_name(job.command));
    add(job.needs.size());
    for (const std::uint32_t need : job.needs) add(need);
    add(job.required ? 1 : 0);
    add(job.retry.max_attempts);
    add(job.retry.max_losses);
    add((job.retry.retry_infrastructure ? 1U : 0U) | (job.retry.retry_user ? 2U : 0U) |
        (job.retry.retry_timeout ? 4U : 0U));
    add(static_cast<std::uint64_t>(job.timeout.count()));
    add(static_cast<std::uint64_t>(job.queue_timeout.count()));
  }
  return digest;
}

}  // namespace delta
