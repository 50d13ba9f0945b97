// The command line of `aftershock backup` and of its own commands.
#include <filesystem>

#include "core/text.h"
#include "harness/backup/timers.h"
#include "harness/cli/commands/shared_options.h"

namespace aftershock::cli {
namespace {

using backup::Place;

constexpr const char* kFooter =
    "Examples:\n"
    "  aftershock backup init --config /etc/pgbackrest/pgbackrest.conf \\\n"
    "    --repo /srv/backups --data /var/lib/postgresql/15/main\n"
    "  aftershock backup create --type incr\n"
    "  aftershock backup verify                       proves that the newest can be restored\n"
    "  aftershock backup restore --to /var/lib/postgresql/15/main --replace\n"
    "  aftershock backup schedule --write systemd --full '0 2 * * 0' --incr '0 2 * * 1-6'\n"
    "  aftershock backup COMMAND --help\n\n"
    "It runs pgBackRest, whose configuration it takes as it is: repositories in folders or in S3,\n"
    "encryption, several processes. As root it works as the owner of PostgreSQL's data.\n\n"
    "Exit codes: 0 done, 1 it failed, or a backup is damaged, 3 interrupted, 64 refused, or bad\n"
    "  command line, 69 pgBackRest, PostgreSQL or the repository is not there, or somebody else\n"
    "  works on it, 70 internal error.";

void add_place(CLI::App& command, Place& place) {
  command
      .add_option("--config", place.config, "pgBackRest's configuration (default: where it looks)")
      ->option_text("FILE");
  command.add_option("--stanza", place.stanza, "Its section in it (default delta)")
      ->option_text("NAME");
  command
      .add_option("--cipher-pass-file", place.passphrase_file,
                  "A file with the passphrase; also PGBACKREST_REPO1_CIPHER_PASS")
      ->option_text("FILE");
}

Mistake mistake_of(const backup::Problem& problem, const std::string& option) {
  return {option + ": " + problem.message,
          problem.hint.empty() ? std::nullopt : std::optional(problem.hint)};
}

class BackupSyntax : public GroupSyntax {
 public:
  const char* name() const override { return "backup"; }
  const char* description() const override {
    return "Back up PostgreSQL, prove the backups, restore them";
  }
  std::string footer() const override { return kFooter; }

  void add_options(CLI::App& command) override {
    add_init(command);
    add_create(command);
    add_list(command);
    add_verify(command);
    add_restore(command);
    add_prune(command);
    add_schedule(command);
  }

 private:
  static Understood options(const BackupOptions& options) { return CommandLine(options); }
  static Understood wrong(const std::string& message) { return std::unexpected(Mistake{message}); }

  void add_init(CLI::App& command) {
    CLI::App& part = add_part(
        command, "init", "Begin a repository: write pgBackRest's configuration, make the stanza",
        "Examples:\n"
        "  aftershock backup init --config /etc/pgbackrest/pgbackrest.conf \\\n"
        "    --repo /srv/backups --data /var/lib/postgresql/15/main\n"
        "  aftershock backup init --config /etc/pgbackrest/pgbackrest.conf \\\n"
        "    --repo "
        "'s3://backups/delta?endpoint=s3.eu-central-1.amazonaws.com&region=eu-central-1' \\\n"
        "    --cipher-pass-file /root/passphrase --data /var/lib/postgresql/15/main\n\n"
        "Keys of a bucket come from PGBACKREST_REPO1_S3_KEY and PGBACKREST_REPO1_S3_KEY_SECRET, "
        "or\n"
        "from lines that you add to the file. With a passphrase the repository is encrypted, and\n"
        "the passphrase is in the file, which only PostgreSQL's account can read. PostgreSQL must\n"
        "be running. What to add to postgresql.conf is printed.",
        [this]() -> Understood {
          if (init_.place.config.empty()) return wrong("init needs --config FILE");
          if (init_.repository.place.empty()) return wrong("init needs --repo PLACE");
          if (init_.repository.data.empty()) return wrong("init needs --data FOLDER");
          init_.repository.stanza = init_.place.stanza;
          // Where pgBackRest's own places are for the system's configuration, others have theirs.
          const std::string config = std::filesystem::absolute(init_.place.config).string();
          if (!config.starts_with("/etc/")) {
            init_.repository.state_folder = std::filesystem::path(config).parent_path().string();
          }
          return options(init_);
        });
    add_place(part, init_.place);
    part.add_option("--repo", init_.repository.place, "A folder, or s3://BUCKET/PATH?endpoint=...")
        ->option_text("PLACE");
    part.add_option("--data", init_.repository.data, "PostgreSQL's data")->option_text("FOLDER");
    part.add_option("--port", init_.repository.port, "PostgreSQL's port (default 5432)")
        ->option_text("N");
    part.add_option("--socket", init_.repository.socket,
                    "The folder of its socket (default /var/run/postgresql)")
        ->option_text("FOLDER");
    part.add_option("--user", init_.repository.user, "Its superuser (default postgres)")
        ->option_text("NAME");
    part.add_option("--keep-full", init_.repository.keep_full, "Full backups to keep (default 7)")
        ->option_text("N")
        ->check(CLI::Range(1, 9'999));
  }

  void add_create(CLI::App& command) {
    CLI::App& part = add_part(
        command, "create", "Make a backup",
        "Examples:\n"
        "  aftershock backup create\n"
        "  aftershock backup create --type incr\n\n"
        "full holds everything; diff, what changed since the last full one; incr, what changed\n"
        "since the last one of any type. The first backup is full whatever was asked for. After\n"
        "it, what the configuration no longer keeps is removed.",
        [this] { return options(create_); });
    add_place(part, create_.place);
    part.add_option("--type", create_.type, "full (default), diff or incr")
        ->option_text("TYPE")
        ->check(CLI::IsMember({"full", "diff", "incr"}));
  }

  void add_list(CLI::App& command) {
    CLI::App& part = add_part(command, "list", "List the backups",
                              "Examples:\n"
                              "  aftershock backup list\n"
                              "  aftershock backup list --json\n\n"
                              "CHECKSUMS is about the pages of the server when the backup was\n"
                              "made. What the repository holds now is proven by verify. Exit code\n"
                              "1: the repository cannot be used.",
                              [this] { return options(list_); });
    add_place(part, list_.place);
    part.add_flag("--json", list_.json, "Print them as JSON");
  }

  void add_verify(CLI::App& command) {
    CLI::App& part = add_part(
        command, "verify", "Prove that a backup can be restored",
        "Examples:\n"
        "  aftershock backup verify\n"
        "  aftershock backup verify --set 20260131-020000F --scratch /srv/scratch\n"
        "  aftershock backup verify --no-restore          only read the repository\n\n"
        "It reads every file of the repository, restores the backup to a folder that it removes\n"
        "again, starts a PostgreSQL on it that nobody else can reach, replays the log, and runs\n"
        "`aftershock check`, pg_amcheck and pg_checksums. The newest backup is taken with all\n"
        "that was archived; one of --set, with what makes it consistent.",
        [this]() -> Understood {
          verify_.options.restore = !no_restore_;
          return options(verify_);
        });
    add_place(part, verify_.place);
    part.add_option("--set", verify_.options.label, "A backup's label (default: the newest)")
        ->option_text("LABEL");
    part.add_option("--database", verify_.options.database,
                    "Check this database (default: each one of Delta CI)")
        ->option_text("NAME");
    part.add_option("--scratch", verify_.options.scratch,
                    "Restore below this folder (default: TMPDIR, or /tmp)")
        ->option_text("FOLDER");
    part.add_flag("--no-restore", no_restore_, "Only read the repository");
    part.add_flag("--json", verify_.json, "Print the result as JSON");
  }

  void add_restore(CLI::App& command) {
    CLI::App& part = add_part(
        command, "restore", "Restore a backup to a folder",
        "Examples:\n"
        "  aftershock backup restore --to /srv/restored\n"
        "  aftershock backup restore --to /var/lib/postgresql/15/main --replace \\\n"
        "    --target-time 2026-01-31T12:34:56Z\n\n"
        "The data is put beside the folder first and takes its place when it is whole. What was\n"
        "there is moved aside and kept. Whatever fails or is interrupted, the folder is what it\n"
        "was. Nothing starts PostgreSQL. See docs/OPERATIONS.md, Restore.",
        [this]() -> Understood {
          if (restore_.to.empty()) return wrong("restore needs --to FOLDER");
          if (!target_.empty()) {
            const auto target = backup::parse_target_time(target_);
            if (!target) return std::unexpected(mistake_of(target.error(), "--target-time"));
            restore_.target = *target;
          }
          return options(restore_);
        });
    add_place(part, restore_.place);
    part.add_option("--to", restore_.to, "The folder of PostgreSQL's data")->option_text("FOLDER");
    part.add_option("--set", restore_.label, "A backup's label (default: the newest that fits)")
        ->option_text("LABEL");
    part.add_option("--target-time", target_, "Replay the log up to this time (default: all of it)")
        ->option_text("TIME");
    part.add_flag("--replace", restore_.permissions.replace,
                  "The folder is not empty: move it aside");
    part.add_flag("--stop-server", restore_.permissions.stop_server,
                  "A PostgreSQL works in it: stop it");
  }

  void add_prune(CLI::App& command) {
    CLI::App& part = add_part(
        command, "prune", "Remove old backups, and the log that none needs",
        "Examples:\n"
        "  aftershock backup prune --keep-full 4 --dry-run\n"
        "  aftershock backup prune --keep-days 30\n\n"
        "A full backup goes with all that build on it. With --keep-days the newest that is older\n"
        "stays, so that every moment of those days can be restored.",
        [this]() -> Understood {
          prune_.keep_full = keep_full_ > 0 ? std::optional(keep_full_) : std::nullopt;
          prune_.keep_days = keep_days_ > 0 ? std::optional(keep_days_) : std::nullopt;
          if (prune_.keep_full.has_value() == prune_.keep_days.has_value()) {
            return wrong("prune needs --keep-full N or --keep-days N");
          }
          return options(prune_);
        });
    add_place(part, prune_.place);
    part.add_option("--keep-full", keep_full_, "Keep as many full backups")
        ->option_text("N")
        ->check(CLI::Range(1, 9'999));
    part.add_option("--keep-days", keep_days_, "Keep what reaches as many days back")
        ->option_text("N")
        ->check(CLI::Range(1, 9'999));
    part.add_flag("--dry-run", prune_.dry_run, "Say what would be removed");
  }

  void add_schedule(CLI::App& command) {
    CLI::App& part = add_part(
        command, "schedule", "Write a crontab or systemd's timers",
        "Examples:\n"
        "  aftershock backup schedule --write cron --full '0 2 * * 0' --incr '0 2 * * 1-6'\n"
        "  aftershock backup schedule --write systemd --full '0 2 * * *' --verify '0 5 * * *' \\\n"
        "    --out units\n\n"
        "Times are cron's: minute hour day month weekday. For systemd they are translated.",
        [this] { return understood_schedule(); });
    add_place(part, schedule_.place);
    part.add_option("--write", format_, "cron or systemd")
        ->option_text("FORMAT")
        ->check(CLI::IsMember({"cron", "systemd"}));
    part.add_option("--full", schedule_.full, "When to make full backups")->option_text("CRON");
    part.add_option("--diff", schedule_.diff, "When to make differential ones")
        ->option_text("CRON");
    part.add_option("--incr", schedule_.incr, "When to make incremental ones")->option_text("CRON");
    part.add_option("--verify", schedule_.verify, "When to prove the newest")->option_text("CRON");
    part.add_option("--user", schedule_.user, "Who runs them (default postgres)")
        ->option_text("NAME");
    part.add_option("--out", schedule_.out, "Write the files to this folder (default: print them)")
        ->option_text("FOLDER");
  }

  Understood understood_schedule() {
    if (format_.empty()) return wrong("schedule needs --write cron or --write systemd");
    schedule_.systemd = format_ == "systemd";
    bool any = false;
    for (const auto& [option, cron] : {std::pair("--full", schedule_.full),
                                       {"--diff", schedule_.diff},
                                       {"--incr", schedule_.incr},
                                       {"--verify", schedule_.verify}}) {
      if (cron.empty()) continue;
      any = true;
      const auto calendar = backup::calendar_of(cron);
      if (!calendar) return std::unexpected(mistake_of(calendar.error(), option));
    }
    if (!any) return wrong("schedule needs --full, --diff, --incr or --verify with a time");
    return options(schedule_);
  }

  BackupInit init_;
  BackupCreate create_;
  BackupList list_;
  BackupVerify verify_;
  BackupRestore restore_;
  BackupPrune prune_;
  BackupSchedule schedule_;
  std::string target_, format_;
  std::uint32_t keep_full_ = 0, keep_days_ = 0;
  bool no_restore_ = false;
};

}  // namespace

std::unique_ptr<Syntax> backup_syntax() { return std::make_unique<BackupSyntax>(); }

}  // namespace aftershock::cli
