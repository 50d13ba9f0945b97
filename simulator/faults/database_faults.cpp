// database.*: what happens to the server, and what others do to its tables; lease.expire_all
#include <algorithm>
#include <array>

#include "simulator/faults/fault.h"
#include "simulator/world/database_outsider.h"

namespace aftershock::sim {

namespace {

/// Proof for all of them: counters that the server writes as clients' packets come in. A client
/// that connects anew has lost its connection: they keep them for ever.
class DatabaseFault : public Fault {
 public:
  DatabaseFault(World& world, const FaultRequest& request)
      : server_(world.database), request_(request), before_(server_.counters()) {}

 protected:
  std::uint64_t since(std::uint64_t DatabaseCounters::* counter) const {
    return server_.counters().*counter - before_.*counter;
  }
  Effect counted(std::uint64_t DatabaseCounters::* counter, const char* what) const {
    const std::uint64_t count = since(counter);
    return {count > 0, std::to_string(count) + " " + what};
  }

  DatabaseServer& server_;
  FaultRequest request_;
  DatabaseCounters before_;
};

class Crash final : public DatabaseFault {
 public:
  using DatabaseFault::DatabaseFault;
  void inject() override {
    server_.crash(request_.parameters.duration("downtime"),
                  request_.parameters.choice<CrashKind>("kind"));
  }
  Effect effect() const override {
    const std::uint64_t refused = since(&DatabaseCounters::refused_connections);
    const std::uint64_t again = since(&DatabaseCounters::accepted_connections);
    return {refused + again > 0, std::to_string(refused) + " connections refused, " +
                                     std::to_string(again) + " made again"};
  }
};

class Outage final : public DatabaseFault {
 public:
  using DatabaseFault::DatabaseFault;
  void inject() override { server_.set_outage(true); }
  void heal() override { server_.set_outage(false); }
  Effect effect() const override {
    return counted(&DatabaseCounters::refused_connections, "connections refused");
  }
};

class DropConnections final : public DatabaseFault {
 public:
  using DatabaseFault::DatabaseFault;
  void inject() override { server_.drop_connections(); }
  Effect effect() const override {
    return counted(&DatabaseCounters::accepted_connections, "connections made again");
  }
};

class InDoubtCommit final : public DatabaseFault {
 public:
  using DatabaseFault::DatabaseFault;
  void inject() override { server_.set_in_doubt(true); }
  void heal() override { server_.set_in_doubt(false); }
  Effect effect() const override {
    const std::uint64_t committed = since(&DatabaseCounters::in_doubt_committed);
    const std::uint64_t dropped = since(&DatabaseCounters::in_doubt_dropped);
    return {committed + dropped > 0, std::to_string(committed) + " commits done and " +
                                         std::to_string(dropped) + " dropped without an answer"};
  }
};

class Slow final : public DatabaseFault {
 public:
  using DatabaseFault::DatabaseFault;
  void inject() override { server_.latency().add(latency_, jitter_); }
  void heal() override { server_.latency().remove(latency_, jitter_); }
  Effect effect() const override {
    return counted(&DatabaseCounters::slowed, "statements took longer");
  }

 private:
  const delta::Duration latency_ = request_.parameters.duration("latency");
  const delta::Duration jitter_ = request_.parameters.duration("jitter");
};

class ExhaustConnections final : public DatabaseFault {
 public:
  using DatabaseFault::DatabaseFault;
  void inject() override {
    server_.take_connections(count_);
    if (request_.parameters.flag("cut")) server_.drop_connections();
  }
  void heal() override { server_.take_connections(-count_); }
  Effect effect() const override {
    return counted(&DatabaseCounters::too_many_clients, "clients were too many");
  }

 private:
  const std::int32_t count_ = static_cast<std::int32_t>(request_.parameters.number("count"));
};

class ReadOnly final : public DatabaseFault {
 public:
  using DatabaseFault::DatabaseFault;
  void inject() override { server_.set_read_only(true); }
  void heal() override { server_.set_read_only(false); }
  Effect effect() const override {
    return counted(&DatabaseCounters::read_only, "writing statements refused");
  }
};

/// Proof: the product's statements met the locks.
class LockHold final : public DatabaseFault {
 public:
  using DatabaseFault::DatabaseFault;
  void inject() override {
    outsider_.hold(request_.parameters.choice<HeldRows>("rows"),
                   request_.parameters.count("count"));
  }
  void heal() override { outsider_.let_go(); }
  Effect effect() const override {
    const std::uint64_t waits = since(&DatabaseCounters::lock_waits);
    const std::uint64_t skips = since(&DatabaseCounters::lock_skips);
    return {waits + skips > 0, std::to_string(waits) + " statements waited for a lock, " +
                                   std::to_string(skips) + " rows were passed over"};
  }

 private:
  Outsider outsider_{server_};
};

/// Proof: statements that met what is damaged, or starts that failed. Healed by the operator.
class Corrupt final : public DatabaseFault {
 public:
  using DatabaseFault::DatabaseFault;
  void inject() override {
    CHECK(server_.archive() != nullptr);
    if (request_.parameters.flag("newest_backup_too")) server_.archive()->damage_newest_backup();
    server_.corrupt(request_.parameters.choice<Damage>("what"));
  }
  /// Unless the operator came sooner.
  void heal() override {
    if (since(&DatabaseCounters::restores) > 0) return;
    server_.restore({}, [](const std::optional<RecoveryPoint>&) {});
  }
  Effect effect() const override {
    const std::uint64_t statements = since(&DatabaseCounters::damaged);
    const std::uint64_t panics = since(&DatabaseCounters::panics);
    return {statements + panics > 0, std::to_string(statements) + " statements failed on a page, " +
                                         std::to_string(panics) + " times PANIC"};
  }
};

/// Proof: the server has opened on another timeline.
class RestoreToThePast final : public DatabaseFault {
 public:
  using DatabaseFault::DatabaseFault;
  void inject() override {
    const delta::DbTime until = server_.now() - request_.parameters.duration("back");
    server_.restore({.until = until}, [](const std::optional<RecoveryPoint>&) {});
  }
  Effect effect() const override { return counted(&DatabaseCounters::restores, "restores ended"); }
};

/// Proof: rows that a commit from outside changed, counted when it was durable.
class EditRow final : public DatabaseFault {
 public:
  using DatabaseFault::DatabaseFault;
  void inject() override { outsider_.edit(request_.parameters.choice<EditedRow>("what")); }
  Effect effect() const override {
    return {outsider_.changed() > 0, std::to_string(outsider_.changed()) + " rows changed by hand"};
  }

 private:
  Outsider outsider_{server_};
};

class ExpireAll final : public DatabaseFault {
 public:
  using DatabaseFault::DatabaseFault;
  void inject() override { outsider_.expire_leases(); }
  Effect effect() const override {
    return {outsider_.changed() > 0, std::to_string(outsider_.changed()) + " leases ended"};
  }

 private:
  Outsider outsider_{server_};
};

template <class Kind>
std::unique_ptr<Fault> make(World& world, const FaultRequest& request) {
  return std::make_unique<Kind>(world, request);
}

struct KnownKind {
  std::string_view name;
  std::unique_ptr<Fault> (*make)(World&, const FaultRequest&);
};

constexpr std::array kKinds = std::to_array<KnownKind>({
    {"database.crash", make<Crash>},
    {"database.outage", make<Outage>},
    {"database.drop_connections", make<DropConnections>},
    {"database.in_doubt_commit", make<InDoubtCommit>},
    {"database.slow", make<Slow>},
    {"database.exhaust_connections", make<ExhaustConnections>},
    {"database.read_only", make<ReadOnly>},
    {"database.lock_hold", make<LockHold>},
    {"database.corrupt", make<Corrupt>},
    {"database.restore", make<RestoreToThePast>},
    {"database.edit_row", make<EditRow>},
    {"lease.expire_all", make<ExpireAll>},
});

}  // namespace

std::unique_ptr<Fault> make_database_fault(World& world, const FaultRequest& request) {
  const auto found = std::ranges::find(kKinds, request.kind, &KnownKind::name);
  return found == kKinds.end() ? nullptr : found->make(world, request);
}

}  // namespace aftershock::sim
