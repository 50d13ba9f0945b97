// database.*: what happens to the server, and what others do to its tables; lease.expire_all
#include <algorithm>
#include <array>

#include "simulator/faults/counted_fault.h"
#include "simulator/world/database_outsider.h"

namespace aftershock::sim {

namespace {

/// What people do to the database they do to its primary, whichever server that is by now; what
/// happens to a server happens to the one that was named.
DatabaseServer& server_of(World& world, const FaultRequest& request) {
  static constexpr std::array kToThePrimary = std::to_array<std::string_view>(
      {"database.corrupt", "database.restore", "database.edit_row", "database.lock_hold",
       "lease.expire_all", "lease.ttl_shrink"});
  const bool to_primary = std::ranges::find(kToThePrimary, request.kind) != kToThePrimary.end();
  return to_primary ? world.database.primary() : world.database.on(request.targets.front().host);
}

/// Proof for most of them: counters that the server writes as clients' packets come in.
class DatabaseFault : public Fault {
 public:
  DatabaseFault(World& world, const FaultRequest& request)
      : server_(server_of(world, request)), request_(request), before_(server_.counters()) {}

 protected:
  std::uint64_t since(std::uint64_t DatabaseCounters::* counter) const {
    return server_.counters().*counter - before_.*counter;
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
    return {refused + again > 0, delta::counted(refused, "connection") + " refused, " +
                                     std::to_string(again) + " made again"};
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
    return {committed + dropped > 0, delta::counted(committed, "commit") + " done and " +
                                         std::to_string(dropped) + " dropped without an answer"};
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
    return {waits + skips > 0, delta::counted(waits, "statement") + " waited for a lock, " +
                                   delta::counted(skips, "row") + " passed over"};
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
    if (request_.parameters.choice<Damage>("what") == Damage::indexes) return server_.reindex();
    if (since(&DatabaseCounters::restores) > 0 || server_.archive() == nullptr) return;
    server_.restore({}, [](const std::optional<RecoveryPoint>&) {});
  }
  Effect effect() const override {
    const std::uint64_t statements = since(&DatabaseCounters::damaged);
    const std::uint64_t panics = since(&DatabaseCounters::panics);
    return {statements + panics > 0, delta::counted(statements, "statement") +
                                         " failed on a page, " + delta::counted(panics, "time") +
                                         " PANIC"};
  }
};

/// Proof: rows that a commit from outside changed, counted when it was durable.
class EditRow final : public DatabaseFault {
 public:
  using DatabaseFault::DatabaseFault;
  void inject() override { outsider_.edit(request_.parameters.choice<EditedRow>("what")); }
  Effect effect() const override {
    return {outsider_.changed() > 0,
            delta::counted(outsider_.changed(), "row") + " changed by hand"};
  }

 private:
  Outsider outsider_{server_};
};

/// lease.expire_all is the shortest that a lease can be made.
class ShortenLeases final : public DatabaseFault {
 public:
  using DatabaseFault::DatabaseFault;
  void inject() override {
    const bool some_are_left = request_.parameters.has("ttl");
    outsider_.shorten_leases(some_are_left ? request_.parameters.duration("ttl")
                                           : delta::Duration{});
  }
  Effect effect() const override {
    return {outsider_.changed() > 0, delta::counted(outsider_.changed(), "lease") + " shortened"};
  }

 private:
  Outsider outsider_{server_};
};

CountedFault::Count count_of(const DatabaseServer& server,
                             std::uint64_t DatabaseCounters::* counter) {
  return [&server, counter] { return server.counters().*counter; };
}

/// Of the database's connections and statements, while it lasts.
std::unique_ptr<Fault> make_lasting(DatabaseServer& server, const FaultRequest& request) {
  const delta::Parameters& given = request.parameters;
  if (request.kind == "database.outage") {
    return counted([&server](bool on) { server.set_outage(on); },
                   count_of(server, &DatabaseCounters::refused_connections),
                   {"connection", "refused"});
  }
  if (request.kind == "database.slow") {
    return counted(
        [&server, latency = given.duration("latency"), jitter = given.duration("jitter")](bool on) {
          on ? server.latency().add(latency, jitter) : server.latency().remove(latency, jitter);
        },
        count_of(server, &DatabaseCounters::slowed), {"statement", "took longer"});
  }
  if (request.kind == "database.exhaust_connections") {
    const auto count = static_cast<std::int32_t>(given.number("count"));
    return counted(
        [&server, count, cut = given.flag("cut")](bool on) {
          server.take_connections(on ? count : -count);
          if (on && cut) server.drop_connections();
        },
        count_of(server, &DatabaseCounters::too_many_clients), {"client", "too many"});
  }
  if (request.kind == "database.read_only") {
    return counted([&server](bool on) { server.set_read_only(on); },
                   count_of(server, &DatabaseCounters::read_only),
                   {"writing statement", "refused"});
  }
  return nullptr;
}

std::unique_ptr<Fault> make_momentary(DatabaseServer& server, const FaultRequest& request) {
  if (request.kind == "database.drop_connections") {
    // A client that connects anew has lost its connection: they keep them for ever.
    return counted_once([&server] { server.drop_connections(); },
                        count_of(server, &DatabaseCounters::accepted_connections),
                        {"connection", "made again"});
  }
  if (request.kind == "database.restore") {
    // The server has opened on another timeline.
    return counted_once(
        [&server, back = request.parameters.duration("back")] {
          server.restore({.until = server.now() - back}, [](const auto&) {});
        },
        count_of(server, &DatabaseCounters::restores), {"restore", "ended"});
  }
  return nullptr;
}

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
    {"database.in_doubt_commit", make<InDoubtCommit>},
    {"database.lock_hold", make<LockHold>},
    {"database.corrupt", make<Corrupt>},
    {"database.edit_row", make<EditRow>},
    {"lease.expire_all", make<ShortenLeases>},
    {"lease.ttl_shrink", make<ShortenLeases>},
});

}  // namespace

std::unique_ptr<Fault> make_database_fault(World& world, const FaultRequest& request) {
  const bool is_ours = request.kind.starts_with("database.") || request.kind.starts_with("lease.");
  if (!is_ours) return nullptr;
  if (auto fault = make_replication_fault(world, request)) return fault;
  DatabaseServer& server = server_of(world, request);
  if (auto fault = make_lasting(server, request)) return fault;
  if (auto fault = make_momentary(server, request)) return fault;
  const auto found = std::ranges::find(kKinds, request.kind, &KnownKind::name);
  return found == kKinds.end() ? nullptr : found->make(world, request);
}

}  // namespace aftershock::sim
