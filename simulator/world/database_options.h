// What the simulated PostgreSQL is told, and what it counts.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/ports/database.h"
#include "simulator/world/database_archive.h"
#include "simulator/world/disk.h"
#include "simulator/world/server_life.h"

namespace aftershock::sim {

template <class T>
using Outcome = Done<std::expected<T, delta::DbError>>;

struct DatabaseOptions {
  delta::Duration statement_latency{100'000};
  delta::Duration row_latency{5'000};
  DiskOptions disk = {};
  delta::Duration lock_timeout{5'000'000'000};  ///< of waiting for one lock
  delta::Duration idle_in_transaction_timeout{10'000'000'000};
  /// A connection whose client has vanished without a word is known to be dead after this.
  delta::Duration tcp_keepalive{60'000'000'000};
  std::uint32_t max_connections = 100;

  delta::Settings settings = {};              ///< of the product, for a restore's own decision
  std::optional<BackupOptions> backups = {};  ///< none are kept: there can be no restore
  delta::Duration checkpoint_interval{300'000'000'000};
  delta::Duration restart_delay{1'000'000'000};  ///< from a PANIC to the next start
  std::uint64_t redo_rate = 50'000'000;          ///< bytes of log that a recovery reads a second
  std::uint64_t copy_rate = 20'000'000;          ///< bytes of a base backup that come a second
  delta::Duration restore_overhead{20'000'000'000};  ///< of a restore, whatever its size
};

/// Of a restore, of so many bytes of backups and of log.
delta::Duration time_of_restore(const DatabaseOptions& options, std::uint64_t copied,
                                std::uint64_t log);
/// How long so many bytes take at so many a second.
delta::Duration time_of(std::uint64_t bytes, std::uint64_t rate);

/// Only grow. Evidence that a fault bit.
struct DatabaseCounters {
  std::uint64_t starts = 1;
  std::uint64_t crashes = 0;  ///< for whatever reason, PANICs included
  std::uint64_t panics = 0;
  std::uint64_t restores = 0;
  std::uint64_t accepted_connections = 0;
  std::uint64_t refused_connections = 0;
  std::uint64_t too_many_clients = 0;  ///< of them because all connections were taken
  std::uint64_t reset_connections = 0;
  std::uint64_t commits = 0;
  std::uint64_t rolled_back = 0;      ///< transactions that ended otherwise, but for ROLLBACK
  std::uint64_t rejected = 0;         ///< of them by a constraint or a predicate
  std::uint64_t read_only = 0;        ///< statements refused because they write
  std::uint64_t damaged = 0;          ///< statements that met a page whose checksum is wrong
  std::uint64_t damaged_backups = 0;  ///< that a restore found and passed over
  std::uint64_t slowed = 0;           ///< statements that latency() made longer
  std::uint64_t in_doubt_committed = 0;
  std::uint64_t in_doubt_dropped = 0;
  std::uint64_t lock_waits = 0;
  std::uint64_t lock_skips = 0;  ///< rows that SKIP LOCKED passed over
  std::uint64_t lock_timeouts = 0;
  std::uint64_t deadlocks = 0;
  std::uint64_t idle_timeouts = 0;
  std::uint64_t awaited = 0;  ///< records that waited for standbys
  std::uint64_t promotions = 0;
};

/// What database.corrupt damages.
enum class Damage : std::uint8_t {
  rows,     ///< pages of live attempts: statements that touch them fail
  wal,      ///< the log: its next write is a PANIC, and no start finds a checkpoint
  all,      ///< data files and log: a crash at once, and no start finds anything
  indexes,  ///< those by which due and queued attempts are found, until reindex()
};

/// The client's host, as the server knows it.
struct ClientEnd {
  std::uint64_t process = 0;       ///< Process::id() of the owner
  std::function<void()> on_reset;  ///< called at most once, when the server ends the connection
  std::function<bool()> is_open;   ///< asked by TCP keepalives, as if they took no time
};

struct RollbackRequest {};

/// How a standby became a primary.
struct Promoted {
  std::uint64_t commits = 0;  ///< numbers that the product's commits have had
  /// The highest generation that any history has used; none: nothing that was acknowledged can be
  /// missing, so that leases stay good.
  std::optional<std::uint64_t> raise_above = {};
  SharedRecord last = {};  ///< of its log; null: it began with a copy of what is archived
};

struct RestoreOptions {
  delta::DbTime until = delta::kNever;  ///< replays no transaction that is younger
};
struct Restore {
  RestoreOptions options;
  Done<std::optional<RecoveryPoint>> done;
};

}  // namespace aftershock::sim
