#include "core/api.h"

namespace delta {

namespace {

std::string path_of(const AttemptRef& ref) {
  return to_string(ref.run) + "/" + std::to_string(ref.job) + "/" + to_string(ref.attempt);
}

}  // namespace

std::string artifact_path(const AttemptRef& ref, const std::string& name) {
  return "runs/" + path_of(ref) + "/" + name;
}

std::string partial_log_path(const AttemptRef& ref) { return "partial-logs/" + path_of(ref); }

}  // namespace delta
