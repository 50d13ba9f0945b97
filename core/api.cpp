#include "core/api.h"

namespace delta {

std::string artifact_path(const AttemptRef& ref, const std::string& name) {
  return "runs/" + to_string(ref.run) + "/" + std::to_string(ref.job) + "/" +
         to_string(ref.attempt) + "/" + name;
}

}  // namespace delta
