// The simulated PostgreSQL as its clients and its operators know it: a primary, its standbys, and
// the address that a promotion moves.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "simulator/world/cached_name.h"
#include "simulator/world/database_replica.h"

namespace aftershock::sim {

struct PromoteOptions {
  std::optional<std::size_t> standby = {};  ///< none: the one that has received most
  bool fence = true;  ///< the old primary is cut off first; without, it serves whoever reaches it
};

struct Promotion {
  std::size_t server = 0;
  std::uint32_t timeline = 0;
  bool raised = false;  ///< the generation: something may be lost
  RecoveryPoint point;  ///< of the new timeline's beginning
};

/// What it is told of is the newest timeline alone, which is what counts in the end: that of
/// primary(). A commit on an older one is shown to on_stray_commit().
class DatabaseCluster final : public DatabaseEvents, public DatabaseAddress {
 public:
  /// `hosts`: of the first primary, of each standby and of each spare.
  DatabaseCluster(Kernel& kernel, Network& network, const std::vector<HostId>& hosts,
                  const DatabaseOptions& database, const ReplicationOptions& replication,
                  Buggify* buggify);
  DatabaseCluster(const DatabaseCluster&) = delete;

  DatabaseServer& primary() { return *servers_[primary_]; }
  const DatabaseServer& primary() const { return *servers_[primary_]; }
  std::size_t primary_index() const { return primary_; }
  std::size_t size() const { return servers_.size(); }  ///< spares included
  bool is_spare(std::size_t index) const { return index >= servers_.size() - options_.spares; }
  DatabaseServer& server(std::size_t index) { return *servers_.at(index); }
  HostId host(std::size_t index) const { return servers_.at(index)->host(); }
  /// The server on this host.
  std::size_t index_of(HostId host) const;
  DatabaseServer& on(HostId host) { return *servers_[index_of(host)]; }
  /// Only where there are standbys.
  Replica& replica(std::size_t index) { return *replicas_.at(index); }
  Replica& replica_on(HostId host);

  // Of the primary
  const Tables& tables() const { return primary().tables(); }
  delta::DbTime now() const { return primary().now(); }

  /// A promotion reaches each host in its time.
  DatabaseServer& resolve(HostId client) override;

  // Operators; each is told the outcome, at once if there is nothing to wait for.
  using Outcome = std::expected<Promotion, std::string>;
  /// Fails when no standby can be promoted.
  void promote(const PromoteOptions& options, Done<Outcome> done);
  /// A planned one: the primary stops in order once its standby has all, and then follows it.
  void switch_over(Done<Outcome> done);
  /// The primary is fenced, and a spare takes its place with what the archive has: the backups and
  /// the log that was archived before. Backups must be kept.
  void restore_on(std::size_t spare, Done<Outcome> done);
  /// The host loses its power, and nobody but rebuild() or power_on() gives it back.
  void fence(std::size_t index);
  /// A server whose host is without power starts again, with what is on its disk.
  void power_on(std::size_t index);
  /// Its site has no power, until give_power() was called as often. Who is fenced stays off.
  void cut_power(std::size_t index);
  void give_power(std::size_t index);
  /// Of those that run, the standby that has received most; none runs: none.
  std::optional<std::size_t> most_advanced(const std::vector<std::size_t>& among) const;
  /// Every server that does not follow the primary, or cannot, begins anew as a copy of it.
  void rebuild(Done<std::size_t> done);

  void on_stray_commit(std::function<void(const CommitView&, std::size_t)> observer) {
    stray_.push_back(std::move(observer));
  }
  void observe(WorldObserver* observer);

 private:
  struct Switchover {
    std::size_t candidate = 0;
    SimTime limit{};
    Done<Outcome> done;
  };

  void subscribe(std::size_t index);
  std::optional<std::size_t> most_advanced() const;  ///< of all
  bool has_everything(std::size_t candidate) const;
  Synchronous mode_for(std::size_t primary) const;
  void begin_promotion(std::size_t candidate, bool complete, Done<Outcome> done);
  Promotion finish_promotion(std::size_t candidate, bool complete);
  void drain(Switchover over);
  void end_restore(std::size_t spare, Image image, const Done<Outcome>& done);

  Kernel& kernel_;
  Network& network_;
  DatabaseOptions database_;  ///< of the first server
  ReplicationOptions options_;
  std::vector<std::unique_ptr<DatabaseServer>> servers_;
  std::vector<std::unique_ptr<Replica>> replicas_;  ///< none where there are no standbys
  std::size_t primary_ = 0;
  std::uint32_t timeline_ = 1;
  bool promoting_ = false;
  WorldObserver* world_ = nullptr;
  std::vector<std::function<void(const CommitView&, std::size_t)>> stray_;
  CachedName<std::size_t> address_;  ///< of the primary
};

}  // namespace aftershock::sim
