// What is in a repository of pgBackRest, as `pgbackrest info --output=json` tells it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/backup/problem.h"

namespace aftershock::backup {

/// The state of the pages that a backup was made of.
enum class Pages : std::uint8_t {
  unknown,  ///< it does not say
  sound,    ///< every page that has a checksum fits it
  damaged   ///< the server's files were damaged when it was made
};

struct Backup {
  std::string label;
  std::string type;                       ///< full, diff or incr
  std::string prior;                      ///< the one that it needs; empty: none
  std::int64_t started = 0, stopped = 0;  ///< seconds since 1970
  std::uint64_t database_bytes = 0;       ///< what a restore writes
  std::uint64_t repository_bytes = 0;     ///< what this one added to the repository
  std::string first_wal, last_wal;        ///< what it needs of the archive to be consistent
  Pages pages = Pages::unknown;
  std::uint32_t cluster = 0;  ///< Cluster::id
};

/// A history of the stanza: an upgrade of PostgreSQL begins another one.
struct Cluster {
  std::uint32_t id = 0;
  std::uint64_t system_id = 0;
  std::string version;
};

struct Repository {
  std::string stanza;
  std::vector<Backup> backups;  ///< the oldest first; only what is whole
  std::vector<Cluster> clusters;
  std::string first_wal, last_wal;         ///< of the newest cluster's archive; empty: none
  std::string cipher;                      ///< "none" without
  bool busy = false;                       ///< a backup is being written
  std::vector<std::string> problems = {};  ///< why (a part of) the repository cannot be used

  const Backup* find(std::string_view label) const;
  const Cluster* cluster_of(const Backup& backup) const;
};

/// Failed: the text is not what pgBackRest prints, or does not know the stanza.
Result<Repository> parse_repository(std::string_view json, const std::string& stanza);

/// The backup to restore: `label`, or the newest one that ended before `target` (seconds since
/// 1970), or the newest one. Otherwise the reason why there is none.
Result<Backup> choose_backup(const Repository& repository, const std::string& label,
                             std::optional<std::int64_t> target);

}  // namespace aftershock::backup
