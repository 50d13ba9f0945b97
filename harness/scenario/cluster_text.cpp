#include "harness/scenario/cluster_text.h"

namespace aftershock {

bool is_apart(Role role, const ClusterSpec& cluster) {
  const bool seldom =
      role == Role::kScheduler || role == Role::kMonitoring || role == Role::kRegion;
  return seldom && !cluster.lacks(role).empty();
}

std::string roles_text(Role role, std::uint32_t count) {
  const bool several = count != 1;  // "artifacts" and "secrets" are one each
  return std::to_string(count) + " " + std::string(name_of(role)) + (several ? "s" : "");
}

std::string cluster_text(const ClusterSpec& cluster) {
  std::string text;
  for (const Role role : kShownRoles) {
    if (is_apart(role, cluster)) continue;
    text += (text.empty() ? "" : ", ") + roles_text(role, cluster.count(role));
  }
  return text;
}

}  // namespace aftershock
