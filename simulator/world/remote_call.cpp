#include "simulator/world/remote_call.h"

namespace aftershock::sim {

std::string describe(CallEnd end, std::string_view server) {
  const std::string name(server);
  switch (end) {
    case CallEnd::refused: return name + " refuses connections";
    case CallEnd::reset: return "the connection to " + name + " broke";
    case CallEnd::timeout: return name + " does not answer";
    case CallEnd::error: return name + " answers with an error of its own";
  }
  CHECK(false);
  return {};
}

}  // namespace aftershock::sim
