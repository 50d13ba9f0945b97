// Running pgBackRest: which configuration, as whom, how far it is, and what its errors mean.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/backup/configuration.h"
#include "harness/backup/problem.h"
#include "harness/backup/repository.h"
#include "platform/servers/child_process.h"

namespace aftershock::backup {

/// What the user said about where the backups are.
struct Place {
  std::string config = {};  ///< empty: PGBACKREST_CONFIG, then pgBackRest's own places
  std::string stanza = "delta";
  std::string passphrase_file = {};  ///< empty: pgBackRest finds it, or none is needed
};

/// How long work goes on: told of each step, and asked whether to stop.
struct Work {
  std::function<void(std::string_view step, std::optional<int> percent)> progress =
      [](std::string_view, std::optional<int>) {};
  std::function<bool()> interrupted = [] { return false; };
};

/// Thread: one at a time.
class PgBackRest {
 public:
  /// Unavailable: no program, no configuration, or one without the stanza. `work` outlives it.
  static Result<PgBackRest> open(const Place& place, const Work& work);

  /// Runs one of its commands to the end, and gives what it printed. SIGTERM when interrupted:
  /// then it leaves things as it finds them at its next start.
  Result<std::string> run(const std::string& command, const std::vector<std::string>& options,
                          const std::string& step) const;
  Result<Repository> info() const;

  const std::string& stanza() const { return stanza_; }
  const std::filesystem::path& config() const { return config_; }
  std::string value(const std::string& key) const { return configuration_.value(stanza_, key); }
  std::filesystem::path data_folder() const { return value("pg1-path"); }
  /// Whose PostgreSQL is, when this process is root's.
  const std::optional<delta::Account>& account() const { return account_; }
  /// Of its processes, and of a PostgreSQL that restores from the archive.
  const std::vector<std::string>& environment() const { return environment_; }
  /// The program with its configuration and stanza, for restore_command.
  std::string archive_get(const std::filesystem::path& data) const;

 private:
  PgBackRest(const Work& work, std::filesystem::path config, std::string stanza,
             Configuration configuration);

  const Work* work_;
  std::filesystem::path program_;
  std::filesystem::path config_;
  std::string stanza_;
  Configuration configuration_;
  std::optional<delta::Account> account_;
  std::vector<std::string> environment_;
};

/// The account that owns the first of these folders that is there, when this process is root's:
/// pgBackRest and PostgreSQL run as it.
std::optional<delta::Account> owner_of(const std::vector<std::filesystem::path>& folders);

/// Where a program of this name is; nothing when it is nowhere in PATH.
std::optional<std::filesystem::path> find_program(const std::string& name);

/// What pgBackRest's words say of a failure; `code` is its exit code.
Problem explain(int code, std::string_view words);
/// Its warnings, a line each.
std::vector<std::string> warnings_in(std::string_view words);
/// How far it is, from its last words: "(8KB, 12.34%)".
std::optional<int> percent_in(std::string_view words);

}  // namespace aftershock::backup
