// The Database port on PostgreSQL 15 or newer, over libpqxx. No loop, retry, batching or rule: each
// call of the port is one round trip of prepared, set-based statements.
#pragma once

#include <memory>
#include <string>

#include "core/ports/database.h"

namespace delta {

struct PostgresOptions {
  std::string url;            ///< what libpq understands: key=value pairs, or a postgresql:// URI
  std::string password = {};  ///< unless it is in the URL
  /// lock_timeout, and tcp_user_timeout at both ends; an idle transaction of a stopped process may
  /// hold its locks for twice as long. A call without any answer for six times as long has failed.
  Duration timeout = 5s;
};

/// Thread: any.
class PostgresDatabase final : public Database {
 public:
  explicit PostgresDatabase(PostgresOptions options);
  ~PostgresDatabase() override;

  /// Also `unavailable`: a server that is too old, read-only, or whose schema is not the one that
  /// this program was built for; the detail says what to do.
  std::expected<std::unique_ptr<Session>, DbError> connect() override;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

/// Brings the schema up to date, in one transaction a step; safe to run side by side. What was
/// done, a line a step; or what is wrong.
std::expected<std::vector<std::string>, DbError> migrate(const PostgresOptions& options);

/// The URL with all that the options say; holds the password.
std::string full_url(const PostgresOptions& options);

/// Every run, job and attempt with the control row, and every audit event in the order of their
/// serials, all as of one moment.
struct DatabaseCopy {
  Rows rows;
  std::vector<AuditEvent> audit;
};
std::expected<DatabaseCopy, DbError> copy_database(const PostgresOptions& options);

}  // namespace delta
