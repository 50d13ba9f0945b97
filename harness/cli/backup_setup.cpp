#include "harness/cli/backup_setup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "harness/backup/quotes.h"
#include "harness/backup/timers.h"
#include "harness/cli/report_folder.h"
#include "platform/fd.h"
#include "platform/secret_file.h"
#include "reports/shell_quote.h"

namespace aftershock::cli {

namespace fs = std::filesystem;
using backup::failed;
using backup::in_quotes;
using backup::refused;
using backup::unavailable;

namespace {

/// A new folder of PostgreSQL's account, or one that is there already.
backup::Result<void> make_folder(const fs::path& path, const std::optional<delta::Account>& owner) {
  std::error_code error;
  const bool made = fs::create_directories(path, error);
  if (error) return unavailable("cannot make " + in_quotes(path.string()) + ": " + error.message());
  if (made && chmod(path.c_str(), 0750) != 0) return failed("cannot protect " + path.string());
  if (made && owner && chown(path.c_str(), owner->user, owner->group) != 0) {
    return failed("cannot give " + in_quotes(path.string()) + " to PostgreSQL's account");
  }
  return {};
}

/// Readable for PostgreSQL's account alone: it may hold a passphrase. Never over another file.
backup::Result<void> write_config(const fs::path& path, const std::string& text,
                                  const std::optional<delta::Account>& owner) {
  const delta::Fd file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) {
    return refused(
        "cannot make " + in_quotes(path.string()) + ": " + std::strerror(errno),
        errno == EEXIST ? "it is there already: edit it, or name another with --config" : "");
  }
  const bool written =
      write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      (!owner || fchown(file.get(), owner->user, owner->group) == 0) && fsync(file.get()) == 0;
  if (written) return {};
  const std::string why = std::strerror(errno);
  unlink(path.c_str());
  return failed("cannot write " + in_quotes(path.string()) + ": " + why);
}

backup::Result<void> begin_stanza(const backup::Place& place, const backup::Work& work) {
  const auto tool = backup::PgBackRest::open(place, work);
  if (!tool) return std::unexpected(tool.error());
  const auto words =
      tool->run("stanza-create", {"--log-level-console=info"}, "beginning the stanza");
  if (!words) return std::unexpected(words.error());
  return {};
}

std::vector<backup::Job> jobs_of(const BackupSchedule& options) {
  std::error_code ignored;
  std::string start =
      shell_quoted(fs::read_symlink("/proc/self/exe", ignored).string()) + " backup ";
  std::string place = " --stanza " + shell_quoted(options.place.stanza);
  if (!options.place.config.empty()) {
    place += " --config " + shell_quoted(fs::absolute(options.place.config).string());
  }
  if (!options.place.passphrase_file.empty()) {
    place +=
        " --cipher-pass-file " + shell_quoted(fs::absolute(options.place.passphrase_file).string());
  }
  std::vector<backup::Job> jobs;
  for (const auto& [name, cron] :
       {std::pair("full", options.full), {"diff", options.diff}, {"incr", options.incr}}) {
    if (cron.empty()) continue;
    jobs.push_back({name, cron, start + "create --type " + name + place});
  }
  if (!options.verify.empty()) jobs.push_back({"verify", options.verify, start + "verify" + place});
  return jobs;
}

}  // namespace

backup::Result<void> set_up(const BackupInit& options, const backup::Work& work, Console out) {
  backup::NewRepository repository = options.repository;
  const fs::path config = fs::absolute(options.place.config);
  const auto owner = backup::owner_of({repository.data});
  if (!options.place.passphrase_file.empty()) {
    auto passphrase = delta::read_secret_file(AT_FDCWD, options.place.passphrase_file);
    if (!passphrase) return refused("--cipher-pass-file: " + passphrase.error().detail);
    repository.passphrase = *std::move(passphrase);
    repository.encrypted = true;
  }
  const auto text = text_of(repository);
  if (!text) return std::unexpected(text.error());
  std::vector<fs::path> folders{config.parent_path()};
  if (!repository.place.starts_with("s3://")) folders.emplace_back(repository.place);
  if (!repository.state_folder.empty()) {
    for (const char* const name : {"lock", "log", "spool"}) {
      folders.push_back(fs::path(repository.state_folder) / name);
    }
  }
  for (const fs::path& folder : folders) {
    if (auto made = make_folder(folder, owner); !made) return made;
  }
  if (auto written = write_config(config, *text, owner); !written) return written;
  backup::Place place = options.place;
  place.config = config.string();
  place.passphrase_file.clear();  // it is in the configuration
  if (auto begun = begin_stanza(place, work); !begun) {
    unlink(config.c_str());
    return begun;
  }
  out.stream << "written: " << config.string() << "\nPostgreSQL has to archive; add to "
             << "postgresql.conf, and restart it:\n"
             << backup::archive_settings(config.string(), place.stanza)
             << "then: aftershock backup create --config " << shell_quoted(config.string()) << "\n";
  return {};
}

backup::Result<void> write_schedule(const BackupSchedule& options, Console out) {
  const std::vector<backup::Job> jobs = jobs_of(options);
  const auto files = options.systemd ? backup::systemd_files(jobs, options.user)
                                     : backup::cron_files(jobs, options.user);
  if (!files) return std::unexpected(files.error());
  if (options.out.empty()) {
    for (const auto& [name, text] : *files) out.stream << "# " << name << "\n" << text << "\n";
    return {};
  }
  if (auto made = prepare_folder(options.out, files->begin()->first); !made) {
    return refused(made.error());
  }
  for (const auto& [name, text] : *files) {
    const auto written = write_report_file(options.out, name, text);
    if (!written) return failed(written.error());
    out.stream << "written: " << *written << "\n";
  }
  if (options.systemd) {
    out.stream << "then, as root: copy them to /etc/systemd/system, systemctl daemon-reload, and "
                  "systemctl enable --now";
    for (const backup::Job& job : jobs) out.stream << " aftershock-backup-" << job.name << ".timer";
    out.stream << "\n";
  } else {
    out.stream << "then, as root: copy it to /etc/cron.d\n";
  }
  return {};
}

}  // namespace aftershock::cli
