// Restoring a backup into a folder: beside it first, then in its place.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/backup/data_folder.h"
#include "harness/backup/pgbackrest.h"

namespace aftershock::backup {

/// How far to replay the log behind the backup.
enum class Replay : std::uint8_t {
  all,         ///< everything that was archived
  consistent,  ///< as little as makes the backup consistent
  until        ///< to a point in time
};

struct RestorePlan {
  Backup backup;
  Replay replay = Replay::all;
  std::string target = {};     ///< until: the time, as PostgreSQL reads it
  std::filesystem::path data;  ///< where PostgreSQL will find it
  bool archive = false;        ///< go on archiving: only in the stanza's own folder
};

/// The options of `pgbackrest restore` for this, written to `folder`.
std::vector<std::string> restore_options(const PgBackRest& tool, const RestorePlan& plan,
                                         const std::filesystem::path& folder);

/// Whether the folder's disk has room for it; unavailable: it has not.
Result<void> has_room(const Backup& backup, const std::filesystem::path& folder);

/// Words that allow what a restore refuses otherwise.
struct Permissions {
  bool replace = false;      ///< the folder has something in it
  bool stop_server = false;  ///< a server works in it
};

/// Why this backup must not go to this folder; nothing when it may.
Result<void> may_restore(const RestorePlan& plan, const Repository& repository,
                         const DataFolder& there, const Permissions& permissions);

/// What a restore did.
struct Restored {
  std::filesystem::path kept;  ///< what was in the folder before; empty: nothing was
  std::vector<std::string> warnings;
};

/// Whatever goes wrong, `plan.data` is what it was before, also after an interrupt; only a SIGKILL
/// leaves a folder beside it that begins with the same name. `stamp` makes the names of those
/// folders. Blocks.
Result<Restored> restore(const PgBackRest& tool, const RestorePlan& plan,
                         const Permissions& permissions, const std::string& stamp,
                         const Work& work);

}  // namespace aftershock::backup
