// Requests and answers as a trace tells them, without tokens.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "core/ports/transport.h"

namespace aftershock {

using CallResult = std::expected<delta::Response, delta::CallError>;

/// "acquire", as the API calls it.
std::string_view name_of(const delta::Request& request);
/// The runs and attempts that it names; of a submission nobody knows yet.
std::vector<delta::AttemptRef> subjects_of(const delta::Request& request);
/// And what its answer names more: the run that was made, the leases that were granted.
std::vector<delta::AttemptRef> subjects_of(const delta::Request& request, const CallResult& result);

/// "complete as failed, 2 artifacts"
std::string describe(const delta::Request& request);
/// "ok", "refused", "unavailable", ..., "no_reply", "not_sent"
std::string_view outcome_of(const CallResult& result);
/// "2 leases", "ok" when there is nothing to tell, "refused: lease_over", "no_reply: ..."
std::string describe(const CallResult& result);

}  // namespace aftershock
