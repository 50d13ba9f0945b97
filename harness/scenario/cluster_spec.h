// The cluster of a scenario: which processes and servers it has, and where they are.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"
#include "harness/scenario/disaster.h"
#include "harness/scenario/words.h"

namespace aftershock {

struct RestartSpec {
  RestartPolicy policy = RestartPolicy::kAlways;
  delta::Duration delay{};  ///< from the end of the process to its next start
};

struct ProcessGroup {
  std::uint32_t count = 1;
  std::uint32_t slots = 1;  ///< jobs side by side; only meant for runners
  RestartSpec restart;
};

struct LinkSpec {
  DurationRange latency;  ///< one way, of one message
  std::uint32_t loss_ppm = 0;
};

struct NetworkSpec {
  LinkSpec anywhere;
  LinkSpec border;  ///< besides, from one region to another
};

/// A place. Its processes are the next of the cluster's: the regions before it have those before.
struct RegionSpec {
  std::string name;
  std::uint32_t orchestrators = 0;
  std::uint32_t runners = 0;
  std::uint32_t standbys = 0;
  std::uint32_t spares = 0;
  bool active = true;  ///< its processes run from the beginning
};

struct DatabaseSpec {
  std::uint32_t standbys = 0;
  std::uint32_t spares = 0;  ///< servers without data, for a restore elsewhere
  Synchronous synchronous = Synchronous::kOff;
  std::uint32_t confirmations = 1;  ///< standbys that a commit waits for, unless kOff
  delta::Duration delay{};          ///< from a write until it leaves for the standbys
  std::uint64_t slot_limit = 0;     ///< bytes of log that are kept for a standby that is away
  delta::Duration backup_interval{};
  std::uint32_t full_backup_every = 1;  ///< the others are incremental
  delta::Duration address_ttl{};        ///< how long a host believes where it found the primary
};

struct QueueSpec {
  Persistence persistence = Persistence::kNone;
  delta::Duration snapshot_interval{};  ///< only for kSnapshot
  Fsync fsync = Fsync::kEverysec;       ///< only for kAppendOnly
  delta::Duration backup_interval{};
  std::uint32_t replicas = 0;
  delta::Duration delay{};        ///< from a change until it leaves for the replicas
  delta::Duration address_ttl{};  ///< how long a host believes where it found the primary
};

struct ClusterSpec {
  ProcessGroup orchestrators;
  std::optional<ProcessGroup> schedulers;  ///< none: orchestrators do their work
  ProcessGroup runners;
  std::optional<RestartSpec> monitoring;  ///< none: it is outside every fault domain
  DatabaseSpec database;
  QueueSpec queue;
  NetworkSpec network;
  std::vector<RegionSpec> regions;  ///< the database's primary is in the first; none: no regions
  delta::Duration api_ttl{};        ///< how long a host believes where it found the API

  /// How many processes a role has, or regions. There is one of each server.
  std::uint32_t count(Role role) const;
  /// Why there is none of the role; empty: there is, or its count is broken.
  std::string_view lacks(Role role) const;
};

}  // namespace aftershock
