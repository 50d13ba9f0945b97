#include "core/check.h"

namespace delta {

void check_failed(const char* file, int line, const char* expression, const char* invariant,
                  const std::string& message) {
  std::string what = std::string(file) + ":" + std::to_string(line) + ": CHECK(" + expression + ")";
  if (!message.empty()) what += " " + message;
  throw CheckFailed{std::move(what), invariant};
}

}  // namespace delta
