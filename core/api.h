// The requests and answers between clients, runners and the orchestrator. Adapters turn them into
// HTTP and JSON; the simulator carries them as they are.
#pragma once

#include <functional>
#include <string>

#include "core/replies.h"
#include "core/requests.h"

namespace delta {

/// Where the holder of a lease stores an artifact. The hash of the lease's token is part of it, so
/// that a zombie never overwrites a successor's files: a restore or a lossy promotion may take an
/// attempt back to before its lease, and then it is leased once more, with the same id and epoch.
/// Tokens are random, so a hash gives none away.
std::string artifact_path(const AttemptRef& ref, const TokenHash& lease, const std::string& name);
/// The artifact that holds all that an attempt's command printed.
inline constexpr const char* kLogName = "log";
/// Where what the job has printed so far is stored while it runs. Apart from the artifacts: a late
/// put must not overwrite the log, a job may call its artifacts as it likes, and a store can delete
/// old objects by the beginning of their path only.
std::string partial_log_path(const AttemptRef& ref, const TokenHash& lease);

/// What an operation key answers when it is used again: the same as the first time.
using StoredReply = Response;

/// Answers one request, exactly once, from any task. Does not suspend.
using Responder = std::function<void(Response)>;

}  // namespace delta
