#include "core/api.h"

namespace delta {

namespace {

std::string path_of(const AttemptRef& ref, const TokenHash& lease) {
  return to_string(ref.run) + "/" + std::to_string(ref.job) + "/" + to_string(ref.attempt) + "/" +
         to_string(lease);
}

}  // namespace

std::string artifact_path(const AttemptRef& ref, const TokenHash& lease, const std::string& name) {
  return "runs/" + path_of(ref, lease) + "/" + name;
}

std::string partial_log_path(const AttemptRef& ref, const TokenHash& lease) {
  return "partial-logs/" + path_of(ref, lease);
}

}  // namespace delta
