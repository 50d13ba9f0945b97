// Connecting, and the schema's version.
#include "orchestrator/adapters/postgres/link.h"
#include "orchestrator/adapters/postgres/migrations.h"
#include "orchestrator/adapters/postgres/session.h"
#include "orchestrator/adapters/postgres/statements.h"
#include "orchestrator/adapters/postgres_database.h"

namespace delta {

using namespace postgres;

namespace {

constexpr int kOldestServer = 150'000;

DbError unavailable(std::string detail) { return {DbFailure::unavailable, std::move(detail)}; }

/// What keeps this program from working on that database; empty when nothing does.
std::expected<std::string, LinkError> objection(Link& link) {
  if (link.server_version() < kOldestServer) {
    return "PostgreSQL 15 or newer is needed, this is " + std::to_string(link.server_version());
  }
  const auto look = link.run(std::vector<std::string>{
      "SELECT to_regclass('schema_migration') IS NOT NULL, pg_is_in_recovery()"});
  if (!look) return std::unexpected(look.error());
  const auto row = look->front().front();
  if (row[1].as<bool>()) return "the server is a read-only standby";
  int version = 0;
  if (row[0].as<bool>()) {
    const auto found = link.run(
        std::vector<std::string>{"SELECT coalesce(max(version), 0) FROM schema_migration"});
    if (!found) return std::unexpected(found.error());
    version = found->front().front()[0].as<int>();
  }
  const int wanted = migrations().back().version;
  if (version == wanted) return "";
  const char* what = version < wanted ? "; run: delta-orchestrator migrate"
                                      : "; a newer program has been here: update this one";
  return "the schema is version " + std::to_string(version) + ", this program needs " +
         std::to_string(wanted) + what;
}

}  // namespace

struct PostgresDatabase::Shared {
  PostgresOptions options;
  Watchdog watchdog;
  SpecCache specs;
};

PostgresDatabase::PostgresDatabase(PostgresOptions options) : shared_(std::make_shared<Shared>()) {
  shared_->options = std::move(options);
}

PostgresDatabase::~PostgresDatabase() = default;

std::expected<std::unique_ptr<Session>, DbError> PostgresDatabase::connect() {
  try {
    auto link = std::make_unique<Link>(shared_->watchdog, shared_->options);
    const auto wrong = objection(*link);
    if (!wrong) return std::unexpected(wrong.error().error);
    if (!wrong->empty()) return std::unexpected(unavailable(*wrong));
    if (const auto done = link->run(preparations()); !done) {
      return std::unexpected(unavailable(done.error().error.detail));
    }
    return std::make_unique<PostgresSession>(std::move(link), shared_->specs);
  } catch (const std::exception& error) {
    return std::unexpected(unavailable(first_line(error.what())));
  }
}

}  // namespace delta
