#include "harness/backup/pgbackrest.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include "harness/backup/quotes.h"
#include "platform/secret_file.h"
#include "platform/servers/private_folder.h"

extern char** environ;

namespace aftershock::backup {

namespace fs = std::filesystem;
using delta::ChildProcess;
using delta::Duration;

namespace {

constexpr Duration kPoll = std::chrono::milliseconds(100);
constexpr Duration kStopLimit = std::chrono::seconds(60);
constexpr Duration kHelpersLimit = std::chrono::seconds(10);
constexpr Duration kHelpersPoll = std::chrono::milliseconds(10);

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string content_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// Its last words: at the level of detail there is a line for each file.
std::string tail_of(const fs::path& path) {
  constexpr std::streamoff kTail = 2'000;
  std::ifstream file(path, std::ios::ate);
  const std::streamoff size = file.tellg();
  file.seekg(std::max<std::streamoff>(size - kTail, 0));
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Result<fs::path> find_config(const std::string& asked) {
  std::vector<std::string> places{"/etc/pgbackrest/pgbackrest.conf", "/etc/pgbackrest.conf"};
  if (!asked.empty()) {
    places = {asked};
  } else if (const std::string said = variable("PGBACKREST_CONFIG"); !said.empty()) {
    places = {said};
  }
  for (const std::string& place : places) {
    if (!std::ifstream(place)) continue;
    std::error_code ignored;
    if (fs::is_directory(place, ignored)) continue;
    return fs::absolute(place);
  }
  return unavailable("cannot read a configuration of pgBackRest at " + in_quotes(places.front()),
                     "make one with `aftershock backup init`, or name it with --config");
}

/// Nothing else is inherited: what pgBackRest and libpq are told by the user.
Result<std::vector<std::string>> environment_for(const Place& place) {
  std::vector<std::string> variables{"LC_ALL=C", "PATH=" + variable("PATH")};
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const bool wanted = text.starts_with("PGBACKREST_") || text.starts_with("PGPASS") ||
                        text.starts_with("TZ=") || text.starts_with("HOME=");
    if (wanted && !text.starts_with("PGBACKREST_CONFIG=")) variables.emplace_back(text);
  }
  if (place.passphrase_file.empty()) return variables;
  const auto passphrase = delta::read_secret_file(AT_FDCWD, place.passphrase_file);
  if (!passphrase) {
    return refused("--cipher-pass-file " + in_quotes(place.passphrase_file) + ": " +
                   passphrase.error().detail);
  }
  variables.push_back("PGBACKREST_REPO1_CIPHER_PASS=" + passphrase->reveal());
  return variables;
}

/// Ends when the process has: how, and nothing when it was told to end and did not.
std::optional<delta::ProcessEnd> watch(ChildProcess& process, const fs::path& log,
                                       const std::string& step, const Work& work) {
  work.progress(step, std::nullopt);
  while (true) {
    if (const auto end = process.wait_for(kPoll)) return end;
    work.progress(step, percent_in(tail_of(log)));
    if (!work.interrupted()) continue;
    process.terminate();
    return process.wait_for(kStopLimit);
  }
}

/// Its helpers are in its process group, and would write on for a while after it was ended.
void end_helpers(pid_t group) {
  ::kill(-group, SIGTERM);
  const auto deadline = std::chrono::steady_clock::now() + kHelpersLimit;
  while (::kill(-group, 0) == 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(kHelpersPoll);
  }
}

}  // namespace

std::optional<fs::path> find_program(const std::string& name) {
  std::istringstream folders(variable("PATH") + ":/usr/bin:/usr/local/bin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    const fs::path path = fs::path(folder) / name;
    if (!folder.empty() && access(path.c_str(), X_OK) == 0) return path;
  }
  return std::nullopt;
}

std::optional<delta::Account> owner_of(const std::vector<fs::path>& folders) {
  if (geteuid() != 0) return std::nullopt;
  for (const fs::path& folder : folders) {
    struct stat info{};
    if (folder.empty() || stat(folder.c_str(), &info) != 0 || info.st_uid == 0) continue;
    return delta::Account{info.st_uid, info.st_gid};
  }
  return delta::unprivileged_account();
}

PgBackRest::PgBackRest(const Work& work, fs::path config, std::string stanza,
                       Configuration configuration)
    : work_(&work),
      config_(std::move(config)),
      stanza_(std::move(stanza)),
      configuration_(std::move(configuration)) {}

Result<PgBackRest> PgBackRest::open(const Place& place, const Work& work) {
  const auto program = find_program("pgbackrest");
  if (!program) {
    return unavailable("the program pgbackrest is not installed",
                       "install its package: apt-get install pgbackrest");
  }
  const auto config = find_config(place.config);
  if (!config) return std::unexpected(config.error());
  PgBackRest made(work, *config, place.stanza, Configuration::parse(content_of(*config)));
  if (made.data_folder().empty()) {
    return unavailable(
        in_quotes(config->string()) + " has no pg1-path for the stanza " + in_quotes(place.stanza),
        "name the stanza with --stanza, or begin with `aftershock backup init`");
  }
  auto environment = environment_for(place);
  if (!environment) return std::unexpected(environment.error());
  made.program_ = *program;
  made.environment_ = *std::move(environment);
  made.account_ = owner_of({made.data_folder(), made.value("repo1-path")});
  return made;
}

std::string PgBackRest::archive_get(const fs::path& data) const {
  return program_.string() + " --config=" + config_.string() + " --stanza=" + stanza_ +
         " --pg1-path=" + data.string() + " archive-get %f \"%p\"";
}

Result<std::string> PgBackRest::run(const std::string& command,
                                    const std::vector<std::string>& options,
                                    const std::string& step) const {
  const delta::PrivateFolder folder("aftershock-backup", account_);
  delta::Command process{.words = {program_.string(), "--config=" + config_.string(),
                                   "--stanza=" + stanza_, "--log-timestamp=n"},
                         .environment = environment_,
                         .folder = folder.path(),
                         .log = folder.path() / "words",
                         .account = account_};
  process.words.insert(process.words.end(), options.begin(), options.end());
  process.words.push_back(command);
  try {
    ChildProcess child(process);
    const auto end = watch(child, process.log, step, *work_);
    if (!end || end->code != 0 || end->signal != 0) end_helpers(child.pid());
    const std::string words = content_of(process.log);
    if (work_->interrupted() && (!end || end->code != 0 || end->signal != 0)) {
      return std::unexpected(
          Problem{Failure::interrupted, step.empty() ? "interrupted" : "interrupted: " + step});
    }
    if (end && end->code == 0 && end->signal == 0) return words;
    if (!end || end->signal != 0) {
      return failed("pgbackrest " + command + " ended by " + (end ? describe(*end) : "nothing"),
                    words.substr(words.size() - std::min<std::size_t>(words.size(), 300)));
    }
    return std::unexpected(explain(end->code, words));
  } catch (const delta::ServerError& error) {
    return unavailable(error.what());
  }
}

Result<Repository> PgBackRest::info() const {
  const auto words =
      run("info", {"--output=json", "--log-level-console=off", "--log-level-stderr=error"}, "");
  if (!words) return std::unexpected(words.error());
  return parse_repository(*words, stanza_);
}

}  // namespace aftershock::backup
