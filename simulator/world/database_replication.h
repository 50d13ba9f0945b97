// What a simulated PostgreSQL server and those that it replicates to, or from, agree on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>

#include "core/time.h"
#include "simulator/kernel/virtual_time.h"
#include "simulator/world/connection.h"
#include "simulator/world/database_wal.h"

namespace aftershock::sim {

class DatabaseServer;

/// Whose flush a commit waits for: synchronous_standby_names.
enum class Synchronous : std::uint8_t {
  off,
  first,   ///< FIRST k (all): the first of them that are connected
  quorum,  ///< ANY k (all)
};

struct ReplicationOptions {
  std::uint32_t standbys = 0;
  std::uint32_t spares = 0;  ///< servers without data, for a restore elsewhere
  Synchronous synchronous = Synchronous::off;
  std::uint32_t confirmations = 1;                 ///< k
  delta::Duration delay{};                         ///< from a write until it leaves for standbys
  std::uint64_t slot_limit = 64U << 20U;           ///< bytes: max_slot_wal_keep_size
  delta::Duration status_interval{1'000'000'000};  ///< wal_receiver_status_interval
  delta::Duration timeout{5'000'000'000};          ///< wal_sender_timeout, wal_receiver_timeout
  delta::Duration promotion{2'000'000'000};        ///< besides what is left to replay
  delta::Duration address_ttl{5'000'000'000};      ///< how long a host believes what it looked up
  delta::Duration copy_overhead{5'000'000'000};    ///< of new copies, whatever their size
  std::uint64_t copy_rate = 20'000'000;            ///< bytes of them that come a second
};

/// Where clients look for the database.
class DatabaseAddress {
 public:
  /// The server that `client` finds there now.
  virtual DatabaseServer& resolve(HostId client) = 0;

 protected:
  ~DatabaseAddress() = default;
};

/// What a server tells its replication, from inside the moment.
class ReplicationHooks {
 public:
  virtual void on_logged(const SharedRecord& record) = 0;  ///< it is flushed here, or said to be
  virtual void on_flushed() = 0;                           ///< what it received, all of it
  virtual void on_cut(Lsn end) = 0;                        ///< a recovery found no more of its log
  virtual void on_down() = 0;
  /// Whether enough standbys have flushed the log up to here.
  virtual bool is_confirmed(Lsn lsn) const = 0;
  /// Of the standby that is farthest behind with its replay, of those that are connected.
  virtual delta::Duration replication_lag() const = 0;

 protected:
  ~ReplicationHooks() = default;
};

/// A place in a log together with the record that ends there, which tells one history from another.
struct LogPosition {
  Lsn lsn;
  SharedRecord last;  ///< null: of what the log began with
};

/// The end of a server's log that others may still ask for.
class StreamLog {
 public:
  struct Entry {
    SharedRecord record;
    SimTime written{};
  };

  /// Another log, of which nothing is kept.
  void begin(LogPosition at);
  void append(SharedRecord record, SimTime now) { entries_.push_back({std::move(record), now}); }
  void cut(Lsn end);
  /// What ends by `lsn` is not kept any longer.
  void trim(Lsn lsn);

  /// Whether what follows `position` is here: it is not too old, and of this history.
  bool continues(const LogPosition& position) const;
  /// Whether `position` is of another history, as far as what is kept can tell.
  bool contradicts(const LogPosition& position) const;
  Lsn begin_lsn() const { return first_.lsn; }
  LogPosition end() const;
  /// Only of what is kept.
  LogPosition at(Lsn lsn) const;
  /// The record after `lsn`; null: there is none yet. `lsn` is kept.
  const Entry* after(Lsn lsn) const;
  std::uint64_t bytes() const { return end().lsn.bytes - first_.lsn.bytes; }

 private:
  LogPosition first_;  ///< before the entries
  std::deque<Entry> entries_;
};

}  // namespace aftershock::sim
