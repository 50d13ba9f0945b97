#include "harness/backup/restore.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "harness/backup/quotes.h"

namespace aftershock::backup {

namespace fs = std::filesystem;

namespace {

constexpr delta::Duration kStopLimit = std::chrono::minutes(2);

/// A new folder beside the one to restore to, which is gone again unless it was moved there.
class Beside {
 public:
  explicit Beside(fs::path path) : path_(std::move(path)) {}
  ~Beside() {
    std::error_code ignored;
    if (made_) fs::remove_all(path_, ignored);
  }
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;

  Result<void> make(const std::optional<delta::Account>& owner) {
    if (mkdir(path_.c_str(), 0700) != 0) {
      return unavailable(
          "cannot make the folder " + in_quotes(path_.string()) + ": " + std::strerror(errno),
          "the restored data is put beside the folder first: make its parent "
          "writable for this account, or run as root");
    }
    made_ = true;
    if (owner && chown(path_.c_str(), owner->user, owner->group) != 0) {
      return failed("cannot give " + in_quotes(path_.string()) + " to PostgreSQL's account");
    }
    return {};
  }
  /// Takes the place of `to`, which goes to `kept` if it is there.
  Result<void> take_the_place_of(const fs::path& to, const fs::path& kept) {
    // A folder that is not there, or that is empty, is replaced at once.
    if (rename(path_.c_str(), to.c_str()) == 0) return moved();
    const bool aside = rename(to.c_str(), kept.c_str()) == 0;
    if (!aside) {
      return failed("cannot move " + in_quotes(to.string()) + " aside: " + std::strerror(errno));
    }
    if (rename(path_.c_str(), to.c_str()) == 0) return moved();
    const std::string why = std::strerror(errno);
    if (rename(kept.c_str(), to.c_str()) != 0) {
      return failed("cannot move the restored data to " + in_quotes(to.string()) + ": " + why +
                        "; and what was there is now in " + in_quotes(kept.string()),
                    "move it back by hand");
    }
    return failed("cannot move the restored data to " + in_quotes(to.string()) + ": " + why);
  }

 private:
  Result<void> moved() {
    made_ = false;
    return {};
  }

  fs::path path_;
  bool made_ = false;
};

/// Why this backup is none of the cluster in the folder.
Result<void> is_of_this_cluster(const Cluster& cluster, const DataFolder& there,
                                const std::string& folder) {
  const std::string hint = "restore to another folder, or move this one away yourself";
  if (!there.version.empty() && there.version != cluster.version) {
    return refused("the backup is of PostgreSQL " + cluster.version + ", and " + folder +
                       " holds one of " + there.version,
                   hint);
  }
  if (there.system_id && *there.system_id != cluster.system_id) {
    return refused("the backup is of the cluster " + std::to_string(cluster.system_id) + ", and " +
                       folder + " holds the cluster " + std::to_string(*there.system_id),
                   hint);
  }
  return {};
}

}  // namespace

Result<void> has_room(const Backup& backup, const fs::path& folder) {
  std::error_code error;
  const fs::space_info space = fs::space(folder, error);
  if (error || space.available >= backup.database_bytes) return {};
  constexpr unsigned kMi = 20;
  return unavailable("the disk of " + in_quotes(folder.string()) + " has " +
                         std::to_string(space.available >> kMi) +
                         " MiB free, and the backup needs " +
                         std::to_string(backup.database_bytes >> kMi) + " MiB",
                     "make room, or name a folder on another disk");
}

std::vector<std::string> restore_options(const PgBackRest& tool, const RestorePlan& plan,
                                         const fs::path& folder) {
  std::vector<std::string> options{
      "--pg1-path=" + folder.string(),
      "--set=" + plan.backup.label,
      "--log-level-console=detail",
      "--log-level-file=off",
      std::string("--archive-mode=") + (plan.archive ? "preserve" : "off"),
      "--recovery-option=restore_command=" + tool.archive_get(plan.data)};
  if (plan.replay == Replay::consistent) options.emplace_back("--type=immediate");
  if (plan.replay == Replay::until) {
    options.emplace_back("--type=time");
    options.push_back("--target=" + plan.target);
  }
  if (plan.replay != Replay::all) options.emplace_back("--target-action=promote");
  return options;
}

Result<void> may_restore(const RestorePlan& plan, const Repository& repository,
                         const DataFolder& there, const Permissions& permissions) {
  const std::string folder = in_quotes(plan.data.string());
  if (plan.backup.pages == Pages::damaged) {
    return failed("the backup " + plan.backup.label + " was made of damaged pages",
                  "choose an older one with --set");
  }
  const Cluster* const cluster = repository.cluster_of(plan.backup);
  if (cluster == nullptr) return failed("the repository does not say whose this backup is");
  if (!there.exists) return {};
  if (!there.is_folder) return refused(folder + " is not a folder");
  if (there.mounted) {
    return refused(folder + " is a file system of its own and cannot be moved aside",
                   "restore to a folder inside of it");
  }
  if (there.empty) return {};
  if (there.served && !permissions.stop_server) {
    return refused("a PostgreSQL server works in " + folder,
                   "stop it, or say --stop-server: then it is stopped when the restored data is "
                   "there");
  }
  if (there.served && !there.server) {
    return refused("a PostgreSQL server that cannot be seen from here works in " + folder,
                   "stop it where it runs");
  }
  if (!permissions.replace) {
    return refused(
        folder + " is not empty",
        "say --replace: then it is moved aside and kept, and the backup takes its place");
  }
  return is_of_this_cluster(*cluster, there, folder);
}

Result<Restored> restore(const PgBackRest& tool, const RestorePlan& plan,
                         const Permissions& permissions, const std::string& stamp,
                         const Work& work) {
  const fs::path beside = plan.data.string() + ".restoring-" + stamp;
  const fs::path kept = plan.data.string() + ".before-restore-" + stamp;
  Beside folder(beside);
  if (auto made = folder.make(tool.account()); !made) return std::unexpected(made.error());
  if (auto room = has_room(plan.backup, beside); !room) return std::unexpected(room.error());
  const auto words = tool.run("restore", restore_options(tool, plan, beside), "restoring");
  if (!words) {
    Problem problem = words.error();
    if (problem.hint.empty()) problem.hint = "`aftershock backup verify` says what is damaged";
    return std::unexpected(problem);
  }
  const DataFolder there = look_at(plan.data);
  if (there.served && (!permissions.stop_server || !there.server)) {
    return refused("meanwhile a server was started in " + in_quotes(plan.data.string()), "stop it");
  }
  if (there.server) {
    work.progress("stopping the server", std::nullopt);
    if (auto ended = stop_server(*there.server, plan.data, kStopLimit); !ended) {
      return std::unexpected(ended.error());
    }
  }
  if (work.interrupted()) return std::unexpected(Problem{Failure::interrupted, "interrupted"});
  if (auto moved = folder.take_the_place_of(plan.data, kept); !moved) {
    return std::unexpected(moved.error());
  }
  return Restored{there.exists && !there.empty ? kept : fs::path(), warnings_in(*words)};
}

}  // namespace aftershock::backup
