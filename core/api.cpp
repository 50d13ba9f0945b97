#include "core/api.h"

#include <array>

namespace delta {

std::string_view name_of(Status status) {
  static constexpr std::array<std::string_view, 6> names{"ok",         "refused",     "invalid",
                                                         "key_reused", "unavailable", "unknown"};
  return names.at(static_cast<std::size_t>(status));
}

std::string artifact_path(const AttemptRef& ref, const std::string& name) {
  return "runs/" + to_string(ref.run) + "/" + std::to_string(ref.job) + "/" +
         to_string(ref.attempt) + "/" + name;
}

}  // namespace delta
