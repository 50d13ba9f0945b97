#include "harness/scenario/cluster_spec.h"

namespace aftershock {

std::uint32_t ClusterSpec::count(Role role) const {
  switch (role) {
    case Role::kOrchestrator: return orchestrators.count;
    case Role::kRunner: return runners.count;
    case Role::kStandby: return database.standbys;
    case Role::kQueueReplica: return queue.replicas;
    case Role::kScheduler: return schedulers ? schedulers->count : 0;
    case Role::kMonitoring: return monitoring ? 1 : 0;
    case Role::kRegion: return static_cast<std::uint32_t>(regions.size());
    case Role::kDatabase:
    case Role::kQueue:
    case Role::kArtifacts:
    case Role::kSecrets: return 1;
  }
  return 0;
}

std::string_view ClusterSpec::lacks(Role role) const {
  if (role == Role::kStandby && database.standbys == 0) {
    return "the cluster's database has no standbys";
  }
  if (role == Role::kQueueReplica && queue.replicas == 0) {
    return "the cluster's queue has no replicas";
  }
  if (role == Role::kScheduler && !schedulers) return "the cluster has no 'schedulers'";
  if (role == Role::kMonitoring && !monitoring) return "the cluster has no 'monitoring'";
  if (role == Role::kRegion && regions.empty()) return "the cluster has no 'regions'";
  return {};
}

}  // namespace aftershock
