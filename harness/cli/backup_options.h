// What `aftershock backup` can be asked for: one struct for each of its commands.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "harness/backup/configuration.h"
#include "harness/backup/pgbackrest.h"
#include "harness/backup/restore.h"
#include "harness/backup/target_time.h"
#include "harness/backup/verify.h"

namespace aftershock::cli {

struct BackupInit {
  backup::Place place = {};  ///< its configuration is the file that is written
  backup::NewRepository repository = {};
};

struct BackupCreate {
  backup::Place place = {};
  std::string type = "full";
};

struct BackupList {
  backup::Place place = {};
  bool json = false;
};

struct BackupVerify {
  backup::Place place = {};
  backup::VerifyOptions options = {};
  bool json = false;
};

struct BackupRestore {
  backup::Place place = {};
  std::string label = {};  ///< empty: the one that fits
  std::optional<backup::TargetTime> target = {};
  std::string to = {};  ///< the folder of PostgreSQL's data
  backup::Permissions permissions = {};
};

struct BackupPrune {
  backup::Place place = {};
  std::optional<std::uint32_t> keep_full = {};  ///< one of the two
  std::optional<std::uint32_t> keep_days = {};
  bool dry_run = false;
};

struct BackupSchedule {
  backup::Place place = {};
  bool systemd = false;                                      ///< otherwise cron
  std::string full = {}, diff = {}, incr = {}, verify = {};  ///< cron expressions; empty: never
  std::string user = "postgres";
  std::string out = {};  ///< folder of the files; empty: standard output
};

using BackupOptions = std::variant<BackupInit, BackupCreate, BackupList, BackupVerify,
                                   BackupRestore, BackupPrune, BackupSchedule>;

}  // namespace aftershock::cli
