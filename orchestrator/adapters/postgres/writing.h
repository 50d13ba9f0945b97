// What ends a transaction: the statements of a WriteSet.
#pragma once

#include <string>
#include <vector>

#include "core/ports/database.h"

namespace delta::postgres {

struct Writing {
  std::vector<std::string> statements;  ///< COMMIT is the last
  std::size_t outbox = 0;               ///< which result holds the serials; 0: none
};
Writing write(const WriteSet& writes);

}  // namespace delta::postgres
