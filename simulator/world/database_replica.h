// One server's part in the replication: as a primary it sends its log, as a standby it asks for
// another's. Connections are over the simulated network; a message that is lost ends in a timeout.
#pragma once

#include <cstdint>
#include <vector>

#include "simulator/kernel/kernel.h"
#include "simulator/world/database_server.h"
#include "simulator/world/network.h"

namespace aftershock::sim {

/// Only grow. Evidence that a fault bit; written when a standby's confirmations arrive.
struct ReplicaCounters {
  std::uint64_t late_records = 0;  ///< flushed by it a second or more after they were written
  std::uint64_t late_replays = 0;  ///< the same, of its replay
  std::uint64_t refused = 0;       ///< its log is of another history, or too old
};

/// Others know it by its index. All of them outlive the last step of each.
class Replica final : public ReplicationHooks {
 public:
  Replica(Kernel& kernel, Network& network, DatabaseServer& server,
          const ReplicationOptions& options, std::size_t index);
  Replica(const Replica&) = delete;

  /// All, this one included, by index. Once, before anything runs.
  void join(std::vector<Replica*> all);
  DatabaseServer& server() { return server_; }

  // As a standby
  /// Asks `primary` for its log from now on; null: nobody. What it follows may go unheard.
  void follow(Replica* primary);
  /// The server begins anew as a copy of `primary`, which knows it from now on, and follows it.
  void copy(Replica& primary);
  /// The server begins anew with what a backup has, and follows nobody.
  void begin_from(Image image);
  /// The server, which has stopped in order with nothing that `primary` lacks, follows it.
  void rejoin(Replica& primary);
  Lsn received() const { return log_.end().lsn; }
  LogPosition log_end() const { return log_.end(); }
  Lsn flushed() const { return flushed_; }
  /// Each record comes so much later than it was written. Several add up.
  void add_delay(delta::Duration change) { delay_ += change; }
  const ReplicaCounters& counters() const { return counters_; }
  /// Whether that standby has something that was never, or is no longer, in this one's history.
  bool contradicts(const Replica& standby) const { return log_.contradicts(standby.log_.end()); }
  std::uint32_t timeline() const { return timeline_; }

  // As a primary
  /// The server is about to open it. Commits wait as `mode` says until further notice.
  void begin_timeline(std::uint32_t timeline, Synchronous mode);
  void set_mode(Synchronous mode);
  Synchronous mode() const { return mode_; }
  bool is_streaming(std::size_t standby) const { return slots_[standby].connected; }
  bool is_slot_lost(std::size_t standby) const { return slots_[standby].lost; }
  /// Nothing that was acknowledged is missing from it, as far as this server knew last.
  bool is_synchronous(std::size_t standby) const;
  /// How old the oldest record is that it has not flushed; 0: it has all.
  delta::Duration lag(std::size_t standby) const;

  // ReplicationHooks
  void on_logged(const SharedRecord& record) override;
  void on_flushed() override;
  void on_cut(Lsn end) override;
  void on_down() override;
  bool is_confirmed(Lsn lsn) const override;
  delta::Duration replication_lag() const override;

 private:
  /// What a primary keeps of a standby: a replication slot, and its connection.
  struct Slot {
    bool lost = false;  ///< it was away too long: what it needs is not kept any longer
    bool connected = false;
    bool under_way = false;  ///< records that it has not confirmed
    bool armed = false;      ///< a timer for the next record that may leave
    std::uint64_t stream = 0;
    Lsn sent;
    Lsn flushed;
    Lsn replayed;
    SimTime heard{};
  };
  using Records = std::vector<SharedRecord>;

  template <class Arrive>
  void send(Replica& to, Arrive arrive);
  void tick();

  // Of the standby's end
  void dial();
  void on_accepted(std::uint64_t stream);
  void on_records(std::uint64_t stream, const Records& records);
  void send_status();

  // Of the primary's end
  void on_dialled(std::size_t standby, std::uint64_t stream, const LogPosition& position);
  void on_status(std::size_t standby, std::uint64_t stream, Lsn flushed, Lsn replayed);
  void count_late(std::size_t standby, Lsn flushed, Lsn replayed);
  void pump(std::size_t standby);
  void drop_silent();
  void confirm();
  std::vector<std::size_t> synchronous_standbys() const;
  void trim();

  Kernel& kernel_;
  Network& network_;
  DatabaseServer& server_;
  ReplicationOptions options_;
  std::size_t index_;
  std::vector<Replica*> all_;
  StreamLog log_;
  std::uint32_t timeline_ = 1;

  Replica* source_ = nullptr;
  std::uint64_t stream_ = 0;  ///< of the connection to it
  bool connected_ = false;
  SimTime heard_{};
  Lsn flushed_;
  delta::Duration delay_{};
  ReplicaCounters counters_;

  std::vector<Slot> slots_;  ///< by standby
  Synchronous mode_;
  Lsn confirmed_;
};

}  // namespace aftershock::sim
