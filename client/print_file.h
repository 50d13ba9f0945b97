// Fetches a log or an artifact to standard output.
#pragma once

#include "client/commands.h"

namespace delta::client {

struct Printed {
  std::uint64_t bytes = 0;
  bool partial = false;  ///< a log that may lack its end
};

/// Nothing is printed unless all of it could be fetched.
Outcome<Printed> print_file(const Call& call, const Session& session);

}  // namespace delta::client
