// One connection to PostgreSQL: several statements in one round trip, and what errors mean.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <pqxx/connection>
#include <pqxx/result>
#include <span>
#include <string>
#include <vector>

#include "core/ports/database.h"
#include "orchestrator/adapters/postgres/watchdog.h"
#include "orchestrator/adapters/postgres_database.h"

namespace delta::postgres {

struct LinkError {
  DbError error;
  /// The server itself refused a statement: nothing after it was done. Else nobody knows.
  bool refused = false;
};
using Results = std::expected<std::vector<pqxx::result>, LinkError>;

/// Thread: one at a time.
class Link {
 public:
  /// Throws what libpqxx throws when the server cannot be reached.
  Link(Watchdog& watchdog, const PostgresOptions& options);

  /// All statements as one message; the server stops at the first that fails. An error leaves the
  /// transaction to be rolled back, `unavailable` leaves no connection.
  Results run(std::span<const std::string> statements);

  bool is_open() const { return connection_->is_open(); }
  int server_version() const { return connection_->server_version(); }

 private:
  /// Drops the connection, which `watch` must no longer look at.
  DbError broken(std::optional<Watchdog::Watch>& watch, const std::string& detail);

  Watchdog& watchdog_;
  const Duration timeout_;
  std::unique_ptr<pqxx::connection> connection_;
};

/// Of what the server or libpq says: the rest repeats the statement.
std::string first_line(std::string_view text);

/// What an error with this SQLSTATE means to the caller.
DbError error_of(std::string_view sqlstate, std::string detail);

}  // namespace delta::postgres
