// Answers as the API says them: JSON, by the codec.
#pragma once

#include <string>

#include "core/api.h"
#include "orchestrator/adapters/http/server.h"

namespace delta::http {

/// Everything that is not a file.
Reply reply_of(const Response& response);

/// A refusal by the server itself, with any status from 400 on.
Reply failure(int status, std::string detail);

}  // namespace delta::http
