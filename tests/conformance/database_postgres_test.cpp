// The database on a real PostgreSQL: one server for all tests of a program, a database for each.
#include <pqxx/connection>
#include <pqxx/nontransaction>

#include "orchestrator/adapters/postgres_database.h"
#include "platform/servers/postgres_server.h"
#include "platform/threads.h"
#include "tests/conformance/database_conformance.h"

namespace delta {
namespace {

PostgresServer& shared_server() {
  static PostgresServer server;
  return server;
}

/// A connection by hand.
class ByHand {
 public:
  explicit ByHand(const std::string& url) : connection_(url) {
    run("SET search_path = delta, public");
  }
  pqxx::result run(const std::string& sql) {
    pqxx::nontransaction direct(connection_);
    return direct.exec(sql);
  }

 private:
  pqxx::connection connection_;
};

class PostgresDatabaseWorld final : public DatabaseWorld {
 public:
  explicit PostgresDatabaseWorld(Duration lock_timeout)
      : options_{.url = shared_server().connection_string(shared_server().new_database()),
                 .timeout = lock_timeout} {
    const auto done = migrate(options_);
    EXPECT_TRUE(done) << done.error().detail;
  }

  void run(const std::function<void()>& body) override { body(); }
  Runtime runtime() override { return runtime_.ports(); }
  Database& database() override { return database_; }
  StoredRows stored() override {
    auto copy = copy_database(options_);
    EXPECT_TRUE(copy) << copy.error().detail;
    return copy ? StoredRows{std::move(copy->rows), std::move(copy->audit)} : StoredRows{};
  }

  bool are_waiting(std::size_t calls) override {
    return monitor().run("SELECT DISTINCT pid FROM pg_locks WHERE NOT granted").size() == calls;
  }
  void break_connections() override {
    holder_.reset();
    monitor().run(
        "SELECT pg_terminate_backend(pid, 10000) FROM (SELECT pid FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "ORDER BY wait_event_type = 'Lock' DESC NULLS LAST) AS those_who_wait_first");
  }
  void hold_control() override { holder().run("BEGIN; SELECT 1 FROM control FOR UPDATE"); }
  /// Returns when it has it, or is the victim.
  void hold_run_too(RunId run) override {
    try {
      holder().run("SELECT 1 FROM run WHERE id = '" + to_string(run) + "' FOR UPDATE");
    } catch (const pqxx::sql_error&) {
    }
  }
  void let_go() override { holder().run("ROLLBACK"); }
  void begin_insert() override {
    holder().run(
        "BEGIN; INSERT INTO run SELECT '" + to_string(run_id(1)) +
        "', 0, 0, 1, 0, 0, 0, 0, 9223372036854775807, 0, 0, decode(repeat('00', 32), 'hex'), '{}'");
  }
  void end_insert() override { holder().run("COMMIT"); }

 private:
  ByHand& connected(std::unique_ptr<ByHand>& one) const {
    if (!one) one = std::make_unique<ByHand>(options_.url);
    return *one;
  }
  ByHand& monitor() { return connected(monitor_); }
  ByHand& holder() { return connected(holder_); }

  PostgresOptions options_;
  PostgresDatabase database_{options_};
  ThreadRuntime runtime_;
  std::unique_ptr<ByHand> monitor_;
  std::unique_ptr<ByHand> holder_;
};

INSTANTIATE_TEST_SUITE_P(Postgres, DatabaseConformance,
                         testing::Values(DatabaseMaker{
                             "postgres",
                             [](Duration lock_timeout) {
                               return std::make_unique<PostgresDatabaseWorld>(lock_timeout);
                             }}),
                         name_of_database);

}  // namespace
}  // namespace delta
