// The simulated PostgreSQL server: a state machine driven by packets and timers, without fibers.
// READ COMMITTED with row locks; a commit is visible once its log record is flushed.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "core/ports/database.h"
#include "simulator/kernel/kernel.h"
#include "simulator/world/database_archive.h"
#include "simulator/world/database_clock.h"
#include "simulator/world/database_events.h"
#include "simulator/world/database_state.h"
#include "simulator/world/network.h"

namespace aftershock::sim {

struct Backend;
enum class BackendStage : std::uint8_t;

/// Its calls are what happens when a packet has arrived; `done` is called when the answer leaves,
/// unless the connection is reset first. False: no such connection, the packet is answered with a
/// reset. A connection has one statement at a time.
class DatabaseServer final : public DatabaseEvents, public DatabaseAddress {
 public:
  /// `buggify` may be null, and outlives it. `index`: among the servers of its world.
  DatabaseServer(Kernel& kernel, HostId host, DatabaseOptions options, Buggify* buggify = nullptr,
                 std::uint64_t index = 0);
  DatabaseServer(const DatabaseServer&) = delete;
  ~DatabaseServer();

  HostId host() const { return host_; }
  DatabaseServer& resolve(HostId) override { return *this; }  ///< by its own name

  // Connections
  std::optional<BackendId> accept(ClientEnd client);  ///< nothing: refused
  /// A superuser on the server's own host: needs no free connection, knows no timeout, may write to
  /// a read-only database. Its commits are shown to on_outside_write().
  std::optional<BackendId> accept_outsider();
  /// Closed by the client's end: an open transaction is rolled back, but for a commit in its flush.
  void disconnect(BackendId id);
  bool is_working(BackendId id) const;  ///< it owes an answer
  std::size_t connections() const { return backends_.size(); }

  bool start_open(BackendId id, delta::OpenRequest request, Outcome<delta::Opened> done);
  bool start_commit(BackendId id, delta::WriteSet writes, Done<delta::CommitResult> done);
  bool start_rollback(BackendId id, RollbackRequest request, Done<RollbackRequest> done);
  bool start_find(BackendId id, delta::FindRequest request, Outcome<delta::Found> done);
  bool start_delete(BackendId id, std::vector<std::uint64_t> serials, Outcome<void> done);
  bool start_purge(BackendId id, delta::PurgeRequest request, Outcome<std::uint32_t> done);

  // Faults
  /// Connections, open transactions and unflushed commits are gone. It starts after `downtime` and
  /// its redo; a crash while it is down makes that later, never sooner.
  void crash(delta::Duration downtime, CrashKind kind = CrashKind::power);
  void cut_power();  ///< the same, until give_power() was called as often
  void give_power();
  /// While on, connections are refused; present ones are reset.
  void set_outage(bool on);
  void drop_connections();  ///< resets all, as pg_terminate_backend() does
  /// While on, the seed decides of each commit whether it happens; its connection breaks.
  void set_in_doubt(bool on) { faults_.in_doubt.set(on); }
  void set_read_only(bool on) { faults_.read_only.set(on); }  ///< no new transaction may write
  AddedLatency& latency() { return added_; }                  ///< of each statement
  /// Others take so many connections, or give them back.
  void take_connections(std::int32_t change) { faults_.taken_connections += change; }
  void corrupt(Damage what);  ///< stays so until a restore
  void reindex() { faults_.damaged_indexes = false; }
  Disk& disk() { return disk_; }
  DatabaseHostClock& clock() { return clock_; }

  // Backups
  Archive* archive() { return archive_ ? &*archive_ : nullptr; }  ///< null: none are kept
  /// The operator's procedure: it goes down, and opens with the newest good base backup and the log
  /// after it, on a new timeline and generation. `done` is told what was lost; nothing: no
  /// backup is good or its own any more, or a restore is under way. A crash lets it begin anew.
  void restore(RestoreOptions options, Done<std::optional<RecoveryPoint>> done);

  // Evidence
  bool accepting() const { return power_.running && !faults_.outage.on(); }
  const DatabaseCounters& counters() const { return counters_; }
  const Tables& tables() const { return live_.tables; }
  delta::DbTime now() const { return clock_.read(); }
  void observe(WorldObserver* observer) { world_ = observer; }  ///< as Network::observe()

  // Replication (database_standby.cpp)
  void replicate(ReplicationHooks& replica) { replication_.hooks = &replica; }
  /// It becomes a standby that has this much, wherever it was before: it takes no write of clients.
  void begin_recovery(Image image);
  bool in_recovery() const { return replication_.in_recovery; }
  bool running() const { return power_.running; }
  const ServerPower& power() const { return power_; }
  const Image& image() const { return live_; }  ///< of a standby: what it has replayed
  Lsn log_end() const { return wal_.end(); }
  /// Of a standby: the next records of its log. It flushes, then replays each when it is due.
  void receive(const std::vector<SharedRecord>& records);
  void add_replay_delay(delta::Duration change) { replication_.replay_delay += change; }
  /// Of a standby: replays all that it has. `ready(false)`: it went down meanwhile.
  void promote(delta::Duration overhead, Done<bool> ready);
  /// Of a standby that is ready: it is a primary now, with the archive of the one before it.
  void open_timeline(const Promoted& how, std::optional<Archive> archive);
  /// What waits for standbys up to `lsn` becomes visible. Those who wait are told, or else reset.
  void confirm(Lsn lsn, bool tell = true);
  void fence();     ///< It stays down until begin_recovery() or power_on().
  void power_on();  ///< A fenced one starts, as after a crash.
  std::optional<Archive> give_archive() { return std::exchange(archive_, std::nullopt); }

 private:
  // Connections (database_server.cpp)
  BackendId add_backend(ClientEnd client, bool outsider);
  Backend* find_open(BackendId id);
  template <class Action>
  void after(delta::Duration latency, BackendId id, Action action);
  delta::Duration cost(std::size_t rows);
  delta::Duration draw_flush();
  bool make_room();
  void become_idle(Backend& backend);
  void reset(Backend& backend);
  delta::Duration oldest_transaction(BackendId asker) const;
  bool refuses_writes(const Backend& backend);
  void refuse_write(BackendId id, Done<delta::DbError> done);
  void apply(BackendId id, TableChange change, std::function<void(Backend&)> done);
  void close(Backend& backend);
  void abort(Backend& backend);
  void arm_idle_check(SimTime when);
  void check_idle();

  // Locks (database_open.cpp)
  void enter(Backend& backend, BackendStage stage);
  void proceed(Backend& backend);
  bool acquire(Backend& backend, const LockKey& key);
  bool locked(Backend& backend, const LockKey& key);
  void begin_wait(Backend& backend);
  void release(const LockKey& key);
  void settle();
  void finish_open(Backend& backend);
  void fail(Backend& backend, delta::DbError error);

  // Commit (database_commit.cpp)
  void end_writing(Backend& backend);
  void end_flush(BackendId id);
  SharedRecord make_durable(Backend& backend);
  void show(Backend& backend, const WalRecord& record);
  void end_commit(Backend& backend);

  // Log and recovery (database_recovery.cpp)
  SharedRecord write_log(TableChange change, bool is_commit);
  void tell_accepting();
  void go_down(delta::Duration downtime);
  void panic();
  void start();
  void open_for_work();
  void rewind(Image image);
  void tell_rewind(const RecoveryPoint& point);
  void raise_generation(std::uint64_t highest, const char* why);

  // Replication (database_standby.cpp)
  void await_standbys(SharedRecord record, std::function<void(bool tell)> end);
  void end_receive();
  void replay(SimTime due);

  // Backups (database_restore.cpp)
  void archive_log(SharedRecord record);
  void keep_backups(const BackupOptions& options);
  void schedule_backup();
  void begin_restore();
  void abandon_restore();
  void end_restore(Image image);

  Kernel& kernel_;
  HostId host_;
  DatabaseOptions options_;
  Buggify* buggify_;
  delta::Rng in_doubt_rng_;
  AddedLatency added_;
  Disk disk_;
  DatabaseHostClock clock_;
  Image live_;  ///< what is in memory: all that is visible
  Wal wal_;
  std::optional<Archive> archive_;
  std::optional<Restore> restore_;
  LockTable locks_;
  std::map<BackendId, std::unique_ptr<Backend>> backends_;
  std::vector<BackendId> granted_;  ///< were handed a lock and have not gone on yet
  WorldObserver* world_ = nullptr;
  DatabaseCounters counters_;
  std::uint64_t last_backend_ = 0;
  Sequences given_;   ///< gaps are normal
  Sequences logged_;  ///< not less
  ServerFaults faults_;
  ServerPower power_;
  ServerReplication replication_;
};

}  // namespace aftershock::sim
