// Answers, made from what was decided.
#pragma once

#include "core/rng.h"
#include "orchestrator/batch.h"

namespace delta {

/// ok, or refused with the reason. A repetition of what was accepted is ok.
Response verdict_reply(std::optional<Reason> refused);
Response failure_reply(Status status, std::string detail);
Response empty_grants();
/// The attempts that were leased, with what their runner needs to run them.
Response grants_reply(Verdicts verdicts, const std::vector<AttemptId>& attempts, const Rows& rows);
/// A status for each lease of a heartbeat.
Response heartbeat_reply(Verdicts verdicts, const std::vector<AttemptId>& attempts,
                         const Rows& rows);

/// The digest of a request that an id identifies.
template <class AnyId>
std::uint64_t mix_digest(const AnyId& id) {
  return mix64(id.hi) ^ id.lo;
}

}  // namespace delta
