// A cluster in words.
#pragma once

#include <array>
#include <string>

#include "harness/scenario/cluster_spec.h"

namespace aftershock {

/// In the order in which people are shown them.
inline constexpr std::array kShownRoles{Role::kOrchestrator, Role::kRunner,       Role::kDatabase,
                                        Role::kQueue,        Role::kArtifacts,    Role::kSecrets,
                                        Role::kStandby,      Role::kQueueReplica, Role::kScheduler,
                                        Role::kMonitoring,   Role::kRegion};

/// Most clusters know no such role.
bool is_apart(Role role, const ClusterSpec& cluster);

/// "3 runners".
std::string roles_text(Role role, std::uint32_t count);

/// "2 orchestrators, 8 runners, 1 database, ...".
std::string cluster_text(const ClusterSpec& cluster);

}  // namespace aftershock
