#include "harness/backup/scratch_server.h"

#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <sstream>

#include "reports/text.h"

namespace aftershock::backup {

namespace fs = std::filesystem;

namespace {

constexpr delta::Duration kPoll = std::chrono::milliseconds(50);
constexpr delta::Duration kStopLimit = std::chrono::minutes(2);
constexpr const char* kPort = "5432";  // of a socket's name only
constexpr const char* kSettings =
    "listen_addresses = ''\nport = 5432\nunix_socket_permissions = 0700\nhot_standby = off\n"
    "fsync = off\nfull_page_writes = off\nshared_buffers = '64MB'\nmax_connections = 20\n"
    "max_prepared_transactions = 100\nautovacuum = off\nssl = off\nlogging_collector = off\n"
    "wal_level = replica\nmax_wal_senders = 0\n";

std::string content_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// The postmaster writes its state as the eighth line of its file.
bool is_ready(const fs::path& data) {
  constexpr int kStatusLine = 8;
  std::ifstream file(data / "postmaster.pid");
  std::string line;
  for (int i = 0; i < kStatusLine; ++i) {
    if (!std::getline(file, line)) return false;
  }
  return line.starts_with("ready");
}

/// What the server said last about why it does not go on: FATAL and PANIC before the rest.
std::string last_words(const fs::path& log) {
  std::ifstream file(log);
  std::string last, grave;
  for (std::string line; std::getline(file, line);) {
    for (const char* const mark : {"FATAL:  ", "PANIC:  ", "ERROR: ["}) {
      const std::size_t at = line.find(mark);
      if (at != std::string::npos && grave.empty()) grave = line.substr(at);
    }
    if (!line.empty()) last = line;
  }
  return one_line(grave.empty() ? last : grave);
}

}  // namespace

Result<fs::path> binaries_of(const std::string& version) {
  const fs::path debian = fs::path("/usr/lib/postgresql") / version / "bin";
  if (access((debian / "postgres").c_str(), X_OK) == 0) return debian;
  if (const auto program = find_program("pg_ctl")) {
    std::error_code ignored;
    const fs::path folder = fs::canonical(*program, ignored).parent_path();
    const bool fits = folder.parent_path().filename().string() == version;
    if (fits && access((folder / "postgres").c_str(), X_OK) == 0) return folder;
  }
  return unavailable("PostgreSQL " + version + ", which the backup is of, is not installed here",
                     "install its package: apt-get install postgresql-" + version);
}

ScratchServer::~ScratchServer() {
  if (!process_ || !process_->running()) return;
  process_->send(
      SIGQUIT);  // its children end with it, which they would not at once if it is killed
  process_->wait_for(kStopLimit);
}

delta::Command ScratchServer::command(const std::string& program, const std::string& log) const {
  return {.words = {(options_.binaries / program).string()},
          .environment = options_.environment,
          .folder = options_.folder,
          .log = options_.folder / log,
          .account = options_.account};
}

Result<void> ScratchServer::write_settings() const {
  std::ofstream(options_.folder / "hba") << "local all all trust\n";
  std::ofstream(options_.folder / "ident") << "";
  std::ofstream file(options_.folder / "settings");
  file << kSettings << "hba_file = '" << (options_.folder / "hba").string() << "'\nident_file = '"
       << (options_.folder / "ident").string() << "'\nunix_socket_directories = '"
       << options_.folder.string() << "'\n";
  file.close();
  if (!file) return failed("cannot write to the scratch folder " + options_.folder.string());
  return {};
}

Problem ScratchServer::ended(const std::string& how) const {
  return {Failure::failed, "a PostgreSQL on the restored data " + how + ": " +
                               last_words(options_.folder / "server.log")};
}

Result<void> ScratchServer::start(const Work& work) {
  if (auto written = write_settings(); !written) return written;
  delta::Command postgres = command("postgres", "server.log");
  for (const std::string& word : {std::string("-D"), data().string(), std::string("-c"),
                                  "config_file=" + (options_.folder / "settings").string(),
                                  std::string("-c"), std::string("archive_mode=off")}) {
    postgres.words.push_back(word);
  }
  const auto deadline = std::chrono::steady_clock::now() + options_.limit;
  try {
    process_.emplace(postgres);
  } catch (const delta::ServerError& error) {
    return unavailable(error.what());
  }
  while (!is_ready(data())) {
    if (const auto end = process_->wait_for(kPoll)) {
      return std::unexpected(ended("ended with " + describe(*end)));
    }
    work.progress("replaying the log", std::nullopt);
    if (work.interrupted()) {
      return std::unexpected(Problem{Failure::interrupted, "interrupted: replaying the log"});
    }
    if (std::chrono::steady_clock::now() >= deadline) {
      return std::unexpected(
          ended("did not recover within " + delta::format_duration(options_.limit)));
    }
  }
  return {};
}

Result<void> ScratchServer::stop() {
  if (!process_) return {};
  process_->send(SIGINT);
  const auto end = process_->wait_for(kStopLimit);
  if (end && end->code == 0 && end->signal == 0) return {};
  return std::unexpected(ended(end ? "ended with " + describe(*end) : "does not stop"));
}

Result<std::string> ScratchServer::run(const std::string& program,
                                       const std::vector<std::string>& arguments,
                                       const Work& work) const {
  delta::Command process = command(program, program + ".log");
  process.words.insert(process.words.end(), arguments.begin(), arguments.end());
  try {
    delta::ChildProcess child(process);
    auto end = child.wait_for(kPoll);
    while (!end) {
      work.progress("running " + program, std::nullopt);
      if (work.interrupted()) {
        return std::unexpected(Problem{Failure::interrupted, "interrupted: running " + program});
      }
      end = child.wait_for(kPoll);
    }
    const std::string words = content_of(process.log);
    if (end->code == 0 && end->signal == 0) return words;
    return failed(program + " found damage: " + one_line(words.substr(0, 400)));
  } catch (const delta::ServerError& error) {
    return unavailable(error.what());
  }
}

std::string ScratchServer::connection_string(const std::string& user,
                                             const std::string& database) const {
  return "host=" + options_.folder.string() + " port=" + kPort + " user=" + user +
         " dbname=" + database;
}

}  // namespace aftershock::backup
