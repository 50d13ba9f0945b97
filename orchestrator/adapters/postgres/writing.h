// What ends a transaction: the statements of a WriteSet.
#pragma once

#include <string>
#include <vector>

#include "core/ports/database.h"

namespace delta::postgres {

struct Writing {
  std::vector<std::string> statements;     ///< COMMIT is the last
  std::optional<std::size_t> outbox = {};  ///< which statement gives the serials
};
Writing write(const WriteSet& writes);

}  // namespace delta::postgres
