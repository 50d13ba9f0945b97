// What a simulated database server remembers, by subject. Internal to the server.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <set>

#include "simulator/kernel/virtual_time.h"
#include "simulator/world/database_locks.h"
#include "simulator/world/database_options.h"
#include "simulator/world/database_replication.h"
#include "simulator/world/fault_switch.h"

namespace aftershock::sim {

struct ServerFaults {
  std::set<LockKey> damaged_rows;
  bool damaged_log = false;
  bool damaged_indexes = false;
  std::int32_t taken_connections = 0;
  FaultSwitch outage;
  FaultSwitch in_doubt;
  FaultSwitch read_only;
};

struct ServerPower {
  bool running = true;
  bool fenced = false;    ///< no start until somebody takes the fence away
  FaultSwitch unpowered;  ///< no start until its site has power again
  bool on() const { return !unpowered.on(); }
  std::uint64_t downs = 0;  ///< tells what was scheduled for one downtime from later ones
  SimTime restart_at{};
  std::uint64_t redo_bytes = 0;  ///< that the next start has to read
  SimTime last_checkpoint{};
  bool told_accepting = true;  ///< what the world's observer knows
  bool idle_check_armed = false;
  bool archive_timer_armed = false;
};

/// A record that waits for the flush of standbys.
struct AwaitedRecord {
  SharedRecord record;
  std::function<void(bool tell)> end;  ///< it is visible now; whoever waits is told, or else reset
};

struct ServerReplication {
  ReplicationHooks* hooks = nullptr;  ///< null: it has no standbys and never will
  // Of a primary
  std::deque<AwaitedRecord> waiting;  ///< flushed here, and not visible yet; oldest first
  // Of a standby
  bool in_recovery = false;
  std::deque<StreamLog::Entry> unreplayed;  ///< with the time when it was flushed
  std::vector<SharedRecord> unflushed;
  delta::Duration replay_delay{};
  Done<bool> promoting;  ///< empty: it is not
};

}  // namespace aftershock::sim
