// database.crash, database.outage, database.drop_connections, database.in_doubt_commit
#include "simulator/faults/fault.h"

namespace aftershock::sim {

namespace {

/// Proof for all of them: counters that the server writes as clients' packets come in. A client
/// that connects anew has lost its connection: they keep them for ever.
class DatabaseFault : public Fault {
 public:
  DatabaseFault(World& world, const FaultRequest& request)
      : server_(world.database), request_(request) {}

 protected:
  DatabaseServer& server_;
  FaultRequest request_;
  DatabaseCounters before_;
};

class Crash final : public DatabaseFault {
 public:
  using DatabaseFault::DatabaseFault;
  void inject() override {
    before_ = server_.counters();
    server_.crash(request_.parameters.duration("downtime"));
  }
  Effect effect() const override {
    const DatabaseCounters& now = server_.counters();
    const std::uint64_t refused = now.refused_connections - before_.refused_connections;
    const std::uint64_t again = now.accepted_connections - before_.accepted_connections;
    return {refused + again > 0, std::to_string(refused) + " connections refused, " +
                                     std::to_string(again) + " made again"};
  }
};

class Outage final : public DatabaseFault {
 public:
  using DatabaseFault::DatabaseFault;
  void inject() override {
    before_ = server_.counters();
    server_.set_outage(true);
  }
  void heal() override { server_.set_outage(false); }
  Effect effect() const override {
    const std::uint64_t refused =
        server_.counters().refused_connections - before_.refused_connections;
    return {refused > 0, std::to_string(refused) + " connections refused"};
  }
};

class DropConnections final : public DatabaseFault {
 public:
  using DatabaseFault::DatabaseFault;
  void inject() override {
    before_ = server_.counters();
    server_.drop_connections();
  }
  Effect effect() const override {
    const std::uint64_t again =
        server_.counters().accepted_connections - before_.accepted_connections;
    return {again > 0, std::to_string(again) + " connections made again"};
  }
};

class InDoubtCommit final : public DatabaseFault {
 public:
  using DatabaseFault::DatabaseFault;
  void inject() override {
    before_ = server_.counters();
    server_.set_in_doubt(true);
  }
  void heal() override { server_.set_in_doubt(false); }
  Effect effect() const override {
    const DatabaseCounters& now = server_.counters();
    const std::uint64_t committed = now.in_doubt_committed - before_.in_doubt_committed;
    const std::uint64_t dropped = now.in_doubt_dropped - before_.in_doubt_dropped;
    return {committed + dropped > 0, std::to_string(committed) + " commits done and " +
                                         std::to_string(dropped) + " dropped without an answer"};
  }
};

}  // namespace

std::unique_ptr<Fault> make_database_fault(World& world, const FaultRequest& request) {
  if (request.kind == "database.crash") return std::make_unique<Crash>(world, request);
  if (request.kind == "database.outage") return std::make_unique<Outage>(world, request);
  if (request.kind == "database.drop_connections") {
    return std::make_unique<DropConnections>(world, request);
  }
  if (request.kind == "database.in_doubt_commit") {
    return std::make_unique<InDoubtCommit>(world, request);
  }
  return nullptr;
}

}  // namespace aftershock::sim
