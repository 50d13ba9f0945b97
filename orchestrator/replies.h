// Answers, made from what was decided.
#pragma once

#include "core/rng.h"
#include "orchestrator/batch.h"

namespace delta {

/// ok, or refused with the reason. A repetition of what was accepted is ok.
Response verdict_reply(std::optional<Reason> refused);
Response failure_reply(Status status, std::string detail);
Response empty_grants();
/// A submission was decided: its run; while ingestion is paused, that it may be sent again later.
Response submit_reply(const Decided& decided, RunId run);
/// The attempts that were leased, with what their runner needs to run them.
Response grants_reply(const Decided& decided, const std::vector<AttemptId>& attempts);
/// To a start or a report of the attempt: the verdict, and how long the lease lives.
Response lease_reply(const Decided& decided, AttemptId attempt);
/// A status for each lease of a heartbeat.
Response heartbeat_reply(const Decided& decided, const std::vector<AttemptId>& attempts);

/// The digest of a request that an id identifies.
template <class AnyId>
std::uint64_t mix_digest(const AnyId& id) {
  return mix64(id.hi) ^ id.lo;
}

}  // namespace delta
