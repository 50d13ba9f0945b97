// A Redis of one's own, for tests, `./dev up` and drills against the real thing.
#pragma once

#include "platform/servers/private_folder.h"

namespace delta {

struct RedisOptions {
  /// Keeps what it is told, each command before its answer. Else it knows what the command SAVE
  /// wrote last.
  bool append_only = false;
  std::string fsync = "always";  ///< appendfsync
  std::string password = {};     ///< none if empty
};

/// One server in a private folder, on a port of 127.0.0.1 that it keeps over restarts. The
/// destructor ends it and removes everything. If this process is killed the server goes with it,
/// and the folder stays. Blocks in every call; one thread at a time.
class RedisServer {
 public:
  /// Throws ServerError, which names the package that is missing, or shows the end of the log.
  explicit RedisServer(RedisOptions options = {});

  /// Returns when it answers. Throws ServerError.
  void start();
  /// SIGTERM. Returns when it has ended. Does nothing when it does not run. Throws ServerError.
  void stop();
  /// SIGKILL. Returns when it has ended.
  void kill();
  /// SIGSTOP: clients can connect, and get no answer.
  void pause();
  void resume();
  bool running() const;

  std::uint16_t port() const { return port_.number(); }
  /// Holds the append-only file and log.
  const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  RedisOptions options_;
  std::string program_;
  std::optional<Account> account_;
  PrivateFolder folder_;
  ReservedPort port_;
  std::optional<ChildProcess> process_;
};

}  // namespace delta
