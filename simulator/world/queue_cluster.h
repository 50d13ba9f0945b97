// The simulated queue as its clients and its operators know it: a primary, its replicas, and the
// address that a promotion moves. As Redis with Sentinel: nothing waits for a replica, and nobody
// fences the old primary.
#pragma once

#include <memory>

#include "simulator/world/address_book.h"
#include "simulator/world/queue_server.h"

namespace aftershock::sim {

struct QueueReplicationOptions {
  std::uint32_t replicas = 0;
  delta::Duration delay{};                   ///< from a change until it leaves for the replicas
  delta::Duration timeout{5'000'000'000};    ///< then a replica without an answer is tried again
  delta::Duration copy_time{1'000'000'000};  ///< of all that the primary holds
  delta::Duration promotion{1'000'000'000};
  delta::Duration address_ttl{5'000'000'000};  ///< how long a host believes what it looked up
  std::size_t backlog = 10'000;                ///< changes kept for a replica that is away
};

/// Where clients look for the queue.
class QueueAddress {
 public:
  /// The server that `client` finds there now.
  virtual QueueServer& resolve(HostId client) = 0;

 protected:
  ~QueueAddress() = default;
};

struct QueuePromotion {
  std::size_t server = 0;
  QueueLoss loss;  ///< against what the old primary held
};

/// Without replicas it is one server, and adds no event.
class QueueCluster final : public QueueAddress {
 public:
  /// `hosts`: of the first primary and of each replica.
  QueueCluster(Kernel& kernel, Network& network, const std::vector<HostId>& hosts,
               const QueueOptions& queue, const QueueReplicationOptions& replication);
  QueueCluster(const QueueCluster&) = delete;

  QueueServer& primary() { return *servers_[primary_]; }
  std::size_t primary_index() const { return primary_; }
  std::size_t size() const { return servers_.size(); }
  QueueServer& server(std::size_t index) { return *servers_.at(index); }
  HostId host(std::size_t index) const { return servers_.at(index)->host(); }
  /// The server on this host.
  QueueServer& on(HostId host);

  QueueServer& resolve(HostId client) override;

  using Outcome = std::expected<QueuePromotion, std::string>;
  /// The replica that has received most. Fails when none can be promoted. The old primary becomes a
  /// replica when it is reached, or when it starts; until then it serves whoever finds it.
  void promote(Done<Outcome> done);

  /// Shows somebody what happens on the primary.
  void observe(WorldObserver* observer);

 private:
  /// A server as a replica: how far it has come in which history, and what is on its way to it.
  struct Progress {
    std::uint64_t history = 0;  ///< 0: none, it needs a copy
    std::uint64_t offset = 0;   ///< changes of that history
    std::uint64_t round = 0;    ///< of what was sent
    bool busy = false;          ///< until that is answered, or too old
    bool armed = false;         ///< it will be looked at again
  };
  /// What a replica has once it has taken what it was sent.
  struct Position {
    std::uint64_t history = 0;
    std::uint64_t offset = 0;
  };

  void subscribe(std::size_t index);
  void on_change(const QueueChange& change);
  /// The primary holds something that does not follow from what it held.
  void begin_history();
  /// Sends what is due, if nothing is on its way.
  void pump(std::size_t index);
  void pump_all();
  void send_changes(std::size_t index);
  void send_copy(std::size_t index);
  /// `take` runs there when it has arrived, and brings the replica to `end`.
  void send(std::size_t index, Position end, std::function<void()> take);
  bool is_replica(std::size_t index) const;
  bool can_follow(std::size_t index) const {
    return is_replica(index) && servers_[index]->running();
  }
  std::optional<std::size_t> most_advanced() const;
  Outcome finish_promotion(std::size_t candidate);
  void demote(std::size_t index);
  std::uint64_t backlog_begin() const { return offset_ - backlog_.size(); }

  Kernel& kernel_;
  Network& network_;
  QueueReplicationOptions options_;
  AddressBook addresses_;
  std::vector<std::unique_ptr<QueueServer>> servers_;
  std::vector<Progress> progress_;  ///< parallel
  std::size_t primary_ = 0;
  std::uint64_t history_ = 1;  ///< of what the primary holds
  std::uint64_t offset_ = 0;
  std::deque<QueueChange> backlog_;  ///< the newest, up to `offset_`
  bool promoting_ = false;
  WorldObserver* observer_ = nullptr;
};

}  // namespace aftershock::sim
