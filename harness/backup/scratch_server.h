// A PostgreSQL on restored data that nobody else can reach, to see what the data is worth.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/backup/pgbackrest.h"
#include "platform/servers/child_process.h"

namespace aftershock::backup {

/// Where the programs of this version are; unavailable: they are not installed.
Result<std::filesystem::path> binaries_of(const std::string& version);

struct ScratchOptions {
  std::filesystem::path folder;  ///< of the scratch; the data is in its folder `data`
  std::filesystem::path binaries;
  std::optional<delta::Account> account;
  std::vector<std::string> environment;           ///< that restore_command needs
  delta::Duration limit = std::chrono::hours(1);  ///< of the recovery
};

/// It listens on a socket in the scratch's folder alone, which only its owner may enter; takes no
/// setting of the original's but what recovery needs; archives nothing.
class ScratchServer {
 public:
  explicit ScratchServer(ScratchOptions options) : options_(std::move(options)) {}
  ~ScratchServer();  ///< ends it at once
  ScratchServer(const ScratchServer&) = delete;
  ScratchServer& operator=(const ScratchServer&) = delete;

  /// Returns when it has replayed the log and takes writes. Failed: it does not, with its last
  /// words.
  Result<void> start(const Work& work);
  Result<void> stop();

  /// Runs one of PostgreSQL's programs on it, and gives what it printed.
  Result<std::string> run(const std::string& program, const std::vector<std::string>& arguments,
                          const Work& work) const;
  std::string connection_string(const std::string& user, const std::string& database) const;
  std::filesystem::path data() const { return options_.folder / "data"; }
  const std::filesystem::path& socket() const { return options_.folder; }

 private:
  delta::Command command(const std::string& program, const std::string& log) const;
  Result<void> write_settings() const;
  Problem ended(const std::string& how) const;

  ScratchOptions options_;
  std::optional<delta::ChildProcess> process_;
};

}  // namespace aftershock::backup
