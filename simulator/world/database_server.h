// The simulated PostgreSQL server: a state machine driven by packets and timers, without fibers.
// READ COMMITTED with row locks; a commit is durable and visible once its flush has ended.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/ports/database.h"
#include "simulator/kernel/kernel.h"
#include "simulator/world/database_locks.h"
#include "simulator/world/database_tables.h"
#include "simulator/world/fault_switch.h"
#include "simulator/world/network.h"

namespace aftershock::sim {

struct DatabaseOptions {
  delta::Duration statement_latency{100'000};
  delta::Duration row_latency{5'000};
  delta::Duration flush_min{300'000};
  delta::Duration flush_max{1'200'000};
  delta::Duration lock_timeout{5'000'000'000};  ///< of waiting for one lock
  delta::Duration idle_in_transaction_timeout{10'000'000'000};
};

/// Only grow. Evidence that a fault bit.
struct DatabaseCounters {
  std::uint64_t starts = 1;
  std::uint64_t crashes = 0;
  std::uint64_t accepted_connections = 0;
  std::uint64_t refused_connections = 0;
  std::uint64_t reset_connections = 0;
  std::uint64_t commits = 0;
  std::uint64_t rolled_back = 0;  ///< transactions that ended otherwise, but for ROLLBACK
  std::uint64_t rejected = 0;     ///< of them by a constraint or a predicate
  std::uint64_t in_doubt_committed = 0;
  std::uint64_t in_doubt_dropped = 0;
  std::uint64_t lock_waits = 0;
  std::uint64_t lock_timeouts = 0;
  std::uint64_t deadlocks = 0;
  std::uint64_t idle_timeouts = 0;
};

/// The rows that a commit replaces, parallel to its writes; null for an insert.
struct BeforeImages {
  std::vector<const delta::Run*> runs;
  std::vector<const delta::Job*> jobs;
  std::vector<const delta::Attempt*> attempts;
};
/// A commit as it becomes durable. All references end with the call.
struct CommitView {
  delta::DbTime now;
  std::uint64_t number;  ///< from 1
  std::uint64_t client;  ///< Process::id() of whoever committed
  const delta::WriteSet& writes;
  const BeforeImages& before;
};

struct Backend;
enum class BackendStage : std::uint8_t;
template <class Answer>
using Done = std::function<void(Answer)>;
struct RollbackRequest {};

/// Its calls are what happens when a packet has arrived; `done` is called when the answer leaves,
/// unless the connection is reset first. False: no such connection, the packet is answered with a
/// reset. A connection has one statement at a time.
class DatabaseServer {
 public:
  /// `buggify` may be null, and outlives it.
  DatabaseServer(Kernel& kernel, HostId host, DatabaseOptions options, Buggify* buggify = nullptr);
  DatabaseServer(const DatabaseServer&) = delete;
  DatabaseServer& operator=(const DatabaseServer&) = delete;
  ~DatabaseServer();

  HostId host() const { return host_; }

  // Connections
  /// Nothing: refused. `on_reset` is called at most once, when the server ends the connection.
  std::optional<BackendId> accept(const Process& client, std::function<void()> on_reset);
  /// The client has closed the connection, or its host has: an open transaction is rolled back,
  /// unless its commit is being flushed.
  void disconnect(BackendId id);
  /// disconnect() of all connections of a dead process. A session's destructor does so for its
  /// own; this is for those that outlive their process. To be sent over the network.
  void client_gone(const Process& client);
  bool is_working(BackendId id) const;  ///< it owes an answer
  std::size_t connections() const { return backends_.size(); }

  // Statements; see delta::Session
  bool start_open(BackendId id, delta::OpenRequest request,
                  Done<std::expected<delta::Opened, delta::DbError>> done);
  bool start_commit(BackendId id, delta::WriteSet writes, Done<delta::CommitResult> done);
  bool start_rollback(BackendId id, RollbackRequest request, Done<RollbackRequest> done);
  bool start_find(BackendId id, delta::FindRequest request,
                  Done<std::expected<delta::Found, delta::DbError>> done);
  bool start_delete(BackendId id, std::vector<std::uint64_t> serials,
                    Done<std::expected<void, delta::DbError>> done);
  bool start_purge(BackendId id, delta::PurgeRequest request,
                   Done<std::expected<std::uint32_t, delta::DbError>> done);

  // Faults
  /// Connections, open transactions and commits that are not flushed are gone at once; the server
  /// starts again after `downtime`. A crash while it is down may make the downtime longer, never
  /// shorter.
  void crash(delta::Duration downtime);
  /// While on, connections are refused; present ones are reset.
  void set_outage(bool on);
  /// Resets all connections, as pg_terminate_backend() does.
  void drop_connections();
  /// While on, the seed decides of each commit whether it happens, and its connection breaks
  /// instead of an answer either way.
  void set_in_doubt(bool on) { in_doubt_.set(on); }
  /// The database's clock runs `offset` ahead of virtual time.
  void set_clock_offset(delta::Duration offset) { clock_offset_ = offset; }

  // Evidence
  bool accepting() const { return running_ && !outage_.on(); }
  const DatabaseCounters& counters() const { return counters_; }
  const Tables& tables() const { return tables_; }
  delta::DbTime now() const {
    return delta::DbTime(kernel_.now().time_since_epoch() + clock_offset_);
  }
  /// Calls `observer` as each commit becomes durable, before anyone can see it.
  void on_commit(std::function<void(const CommitView&)> observer) {
    observers_.push_back(std::move(observer));
  }
  /// Calls `observer` with the client's Process::id() when a transaction holds all its locks.
  void on_opened(std::function<void(std::uint64_t)> observer) {
    open_observers_.push_back(std::move(observer));
  }

 private:
  // Connections (database_server.cpp)
  Backend* find_open(BackendId id);
  template <class Action>
  void after(delta::Duration latency, BackendId id, Action action);
  delta::Duration cost(std::size_t rows) const;
  delta::Duration draw_flush();
  void become_idle(Backend& backend);
  void reset(Backend& backend);
  void reset_all();
  void close(Backend& backend);
  void abort(Backend& backend);
  void arm_idle_check(SimTime when);
  void check_idle();

  // Locks (database_open.cpp)
  void enter(Backend& backend, BackendStage stage);
  void proceed(Backend& backend);
  bool acquire(Backend& backend, const LockKey& key);
  void locked(Backend& backend, const LockKey& key);
  void begin_wait(Backend& backend);
  void release(const LockKey& key);
  void settle();
  void finish_open(Backend& backend);
  void fail(Backend& backend, delta::DbFailure kind, std::string detail);

  // Commit (database_commit.cpp)
  void execute_commit(Backend& backend);
  const char* match(Backend& backend) const;
  const char* match(Backend& backend, const delta::RunWrite& write) const;
  const char* match(Backend& backend, const delta::JobWrite& write) const;
  const char* match(Backend& backend, delta::AttemptWrite& write) const;
  delta::SharedSpec spec_of(delta::RunId run, const delta::WriteSet& writes) const;
  void give_serials(Backend& backend);
  void end_flush(BackendId id);
  void make_durable(Backend& backend);

  Kernel& kernel_;
  HostId host_;
  DatabaseOptions options_;
  Buggify* buggify_;
  delta::Rng rng_;
  Tables tables_;
  LockTable locks_;
  std::map<BackendId, std::unique_ptr<Backend>> backends_;
  std::vector<BackendId> granted_;  ///< were handed a lock and have not gone on yet
  std::vector<std::function<void(const CommitView&)>> observers_;
  std::vector<std::function<void(std::uint64_t)>> open_observers_;
  DatabaseCounters counters_;
  std::uint64_t last_backend_ = 0;
  std::uint64_t last_audit_serial_ = 0;  ///< sequences: gaps are normal
  std::uint64_t last_outbox_serial_ = 0;
  delta::Duration clock_offset_{};
  bool running_ = true;
  SimTime restart_at_{};
  FaultSwitch outage_;
  FaultSwitch in_doubt_;
  bool idle_check_armed_ = false;
};

}  // namespace aftershock::sim
