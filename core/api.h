// The requests and answers between clients, runners and the orchestrator. Adapters turn them into
// HTTP and JSON; the simulator carries them as they are.
#pragma once

#include <functional>
#include <string>

#include "core/replies.h"
#include "core/requests.h"

namespace delta {

/// Where an attempt's artifact is stored. The attempt's id is part of it, so that a zombie never
/// overwrites a successor's files.
std::string artifact_path(const AttemptRef& ref, const std::string& name);
/// The artifact that holds all that an attempt's command printed.
inline constexpr const char* kLogName = "log";
/// Where what an attempt has printed so far is stored while it runs. Apart from the artifacts: a
/// late put must not overwrite the log, a job may call its artifacts as it likes, and a store can
/// delete old objects by the beginning of their path only.
std::string partial_log_path(const AttemptRef& ref);

/// What an operation key answers when it is used again: the same as the first time.
using StoredReply = Response;

/// Answers one request, exactly once, from any task. Does not suspend.
using Responder = std::function<void(Response)>;

}  // namespace delta
