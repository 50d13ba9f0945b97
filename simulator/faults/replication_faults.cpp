// database.failover, database.promote, database.replication_lag
#include <algorithm>

#include "simulator/faults/fault.h"

namespace aftershock::sim {

namespace {

/// Proof for both that move the primary: another server has committed what the product asked for.
class Takeover : public Fault {
 public:
  Takeover(World& world, const FaultRequest& request)
      : world_(world), request_(request), database_(world.database) {}

  Effect effect() const override {
    const DatabaseServer& now = std::as_const(database_).primary();
    const bool moved = database_.primary_index() != old_;
    const std::uint64_t commits = moved ? now.counters().commits - commits_before_ : 0;
    return {commits > 0, moved ? delta::counted(commits, "commit") + " on " +
                                     world_.network.name(now.host()) + ", the primary now"
                               : "the primary is where it was. " + outcome_};
  }

 protected:
  void begin() {
    old_ = database_.primary_index();
    commits_before_ = database_.primary().counters().commits;
  }
  Done<DatabaseCluster::Outcome> note() {
    return [this](const DatabaseCluster::Outcome& outcome) {
      if (!outcome) outcome_ = outcome.error();
    };
  }

  World& world_;
  FaultRequest request_;
  DatabaseCluster& database_;

 private:
  std::size_t old_ = 0;
  std::uint64_t commits_before_ = 0;
  std::string outcome_;
};

/// Planned, the standby takes over from a primary that stops in order. Else the primary's host is
/// gone, and whoever watches over the cluster needs some time to be sure of that.
class Failover final : public Takeover {
 public:
  using Takeover::Takeover;
  void inject() override {
    begin();
    if (request_.parameters.flag("planned")) return database_.switch_over(note());
    database_.fence(database_.primary_index());
    world_.kernel.at(world_.kernel.now() + request_.parameters.duration("takeover"),
                     [this] { database_.promote({}, note()); });
  }
};

/// Somebody, or something, takes the primary for dead.
class Promote final : public Takeover {
 public:
  using Takeover::Takeover;
  void inject() override {
    begin();
    std::size_t standby = 0;
    while (database_.server(standby).host() != request_.targets.front().host) ++standby;
    database_.promote({standby, request_.parameters.flag("fence")}, note());
  }
};

/// Proof: what the standbys confirmed late, counted by their primary.
class ReplicationLag final : public Fault {
 public:
  ReplicationLag(World& world, const FaultRequest& request)
      : request_(request), database_(world.database) {}

  void inject() override {
    before_ = late();
    add(request_.parameters.duration("delay"));
  }
  void heal() override { add(-request_.parameters.duration("delay")); }
  Effect effect() const override {
    const std::uint64_t since = late() - before_;
    return {since > 0, delta::counted(since, "record") + " of the log reached a standby late"};
  }

 private:
  enum class Stage : std::uint8_t { shipping, replay };  // as the parameter lists them

  Stage stage() const { return request_.parameters.choice<Stage>("stage"); }
  void add(delta::Duration change) {
    for (const FaultTarget& target : request_.targets) {
      Replica& replica = database_.replica_on(target.host);
      if (stage() == Stage::shipping) {
        replica.add_delay(change);
      } else {
        replica.server().add_replay_delay(change);
      }
    }
  }
  std::uint64_t late() const {
    std::uint64_t count = 0;
    for (const FaultTarget& target : request_.targets) {
      const ReplicaCounters& counters = database_.replica_on(target.host).counters();
      count += stage() == Stage::shipping ? counters.late_records : counters.late_replays;
    }
    return count;
  }

  FaultRequest request_;
  DatabaseCluster& database_;
  std::uint64_t before_ = 0;
};

}  // namespace

std::unique_ptr<Fault> make_replication_fault(World& world, const FaultRequest& request) {
  if (request.kind == "database.failover") return std::make_unique<Failover>(world, request);
  if (request.kind == "database.promote") return std::make_unique<Promote>(world, request);
  if (request.kind == "database.replication_lag") {
    return std::make_unique<ReplicationLag>(world, request);
  }
  return nullptr;
}

}  // namespace aftershock::sim
