// Brings the schema up to date.
#include <pqxx/connection>
#include <pqxx/transaction>

#include "core/sha256.h"
#include "orchestrator/adapters/postgres/link.h"
#include "orchestrator/adapters/postgres/migrations.h"
#include "orchestrator/adapters/postgres_database.h"

namespace delta {

using namespace postgres;

namespace {

/// Programs that start side by side wait here for each other.
constexpr const char* kPrepare = R"sql(
SELECT pg_advisory_xact_lock(hashtext('delta schema'));
CREATE SCHEMA IF NOT EXISTS delta;
SET LOCAL search_path = delta;
CREATE TABLE IF NOT EXISTS schema_migration (
  version integer PRIMARY KEY, name text NOT NULL, digest text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT clock_timestamp());
)sql";

std::string digest_of(const Migration& migration) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(migration.script.data());
  return to_string(sha256({bytes, migration.script.size()}));
}

/// True when it was applied now.
bool apply(pqxx::connection& connection, const Migration& migration) {
  pqxx::work work(connection);
  work.exec("SET LOCAL client_min_messages = warning");
  work.exec(kPrepare);
  const auto known = work.exec("SELECT digest FROM schema_migration WHERE version = " +
                               std::to_string(migration.version));
  if (!known.empty()) {
    if (known.front()[0].as<std::string>() == digest_of(migration)) return false;
    throw std::runtime_error("migration " + std::to_string(migration.version) +
                             " is not the one that built this schema");
  }
  work.exec(std::string(migration.script));
  work.exec("INSERT INTO schema_migration (version, name, digest) VALUES (" +
            std::to_string(migration.version) + ", " + work.quote(std::string(migration.name)) +
            ", " + work.quote(digest_of(migration)) + ")");
  work.commit();
  return true;
}

}  // namespace

std::expected<std::vector<std::string>, DbError> migrate(const PostgresOptions& options) {
  try {
    pqxx::connection connection(full_url(options));
    std::vector<std::string> done;
    for (const Migration& migration : migrations()) {
      if (!apply(connection, migration)) continue;
      done.push_back(std::to_string(migration.version) + " " + std::string(migration.name));
    }
    return done;
  } catch (const std::exception& error) {
    return std::unexpected(DbError{DbFailure::unavailable, first_line(error.what())});
  }
}

}  // namespace delta
