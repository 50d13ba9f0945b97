// Where the orchestrators are and with what token to ask: from the command line and the
// environment.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "client/exit_code.h"
#include "platform/secret.h"

namespace delta::client {

/// What the command line says; what is empty may be in the environment.
struct AccessOptions {
  std::vector<std::string> urls = {};
  std::string token_file = {};
  std::string ca_file = {};
};

struct Access {
  std::vector<std::string> urls;  ///< without a slash at the end; each once
  Secret token;
  std::string ca_file;  ///< empty: the system's
};

/// The value of a variable; empty when it is not set.
using Environment = std::function<std::string(const char* name)>;

/// Options come before DELTA_URL (commas between several), DELTA_TOKEN_FILE, DELTA_TOKEN and
/// DELTA_CA_FILE. Without `needs_token` no token is looked for. The failure says what to do.
Outcome<Access> find_access(const AccessOptions& options, const Environment& environment,
                            bool needs_token);

}  // namespace delta::client
