// A PostgreSQL of one's own, for tests, `./dev up` and drills against the real thing.
#pragma once

#include <map>

#include "platform/servers/private_folder.h"

namespace delta {

struct PostgresServerOptions {
  /// What postgresql.conf says. Without fsync a server that is killed loses nothing: only a machine
  /// that loses power would.
  std::map<std::string, std::string> settings = {{"fsync", "off"},
                                                 {"full_page_writes", "off"},
                                                 {"max_connections", "50"},
                                                 {"shared_buffers", "32MB"}};
  bool page_checksums = false;
};

/// One cluster of databases in a private folder: C locale, UTF-8, on a port of 127.0.0.1 that it
/// keeps over restarts, no passwords, superuser `postgres`. The destructor ends it and removes
/// everything. If this process is killed the server goes with it, and the folder stays.
/// Blocks in every call; one thread at a time.
class PostgresServer {
 public:
  enum class Stop : std::uint8_t {
    fast,      ///< ends the sessions, writes a checkpoint
    immediate  ///< ends at once; the next start recovers
  };

  /// Makes the cluster, which takes a second, and starts it. Throws ServerError, which names the
  /// package that is missing, or shows the end of the log.
  explicit PostgresServer(PostgresServerOptions options = {});
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  /// Returns when it answers: after recovery, if it was killed. Throws ServerError.
  void start();
  /// Returns when it has ended. Does nothing when it does not run. Throws ServerError.
  void stop(Stop how = Stop::fast);
  /// SIGKILL to the postmaster, which its children notice. Returns when none of them is left, so
  /// that it may start again. Throws ServerError when one stays.
  void kill();
  bool running() const;

  std::uint16_t port() const { return port_.number(); }
  /// For libpq.
  std::string connection_string(std::string_view database = "postgres") const;
  /// The name of a new, empty database.
  std::string new_database();
  /// Runs psql and gives what it prints: a line a row, values separated by '|'. Throws ServerError.
  std::string run_sql(std::string_view sql, std::string_view database = "postgres") const;

  /// Holds data/, the Unix socket and log.
  const std::filesystem::path& folder() const { return folder_.path(); }
  /// Where psql, pg_dump and the others are.
  const std::filesystem::path& binaries() const { return binaries_; }

 private:
  Command command(const char* program, const std::vector<std::string>& arguments) const;
  void make_cluster(const PostgresServerOptions& options);

  std::filesystem::path binaries_;
  std::optional<Account> account_;
  PrivateFolder folder_;
  ReservedPort port_;
  std::optional<ChildProcess> process_;
  std::uint32_t databases_ = 0;  ///< made by new_database()
};

}  // namespace delta
