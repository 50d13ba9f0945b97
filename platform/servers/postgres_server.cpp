#include "platform/servers/postgres_server.h"

#include <signal.h>
#include <sys/shm.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

namespace delta {

namespace {

namespace fs = std::filesystem;

constexpr int kOldestVersion = 15;
constexpr Duration kProgramLimit = 60s;
constexpr Duration kChildrenLimit = 30s;
constexpr Duration kPoll = 5ms;

bool is_complete(const fs::path& folder) {
  return access((folder / "initdb").c_str(), X_OK) == 0 &&
         access((folder / "postgres").c_str(), X_OK) == 0;
}

/// The newest of Debian's folders, which are not in PATH, or the first of PATH.
fs::path find_binaries() {
  fs::path newest;
  int version = 0;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", ignored)) {
    const int found = std::atoi(entry.path().filename().c_str());
    if (found <= version || !is_complete(entry.path() / "bin")) continue;
    version = found;
    newest = entry.path() / "bin";
  }
  if (version >= kOldestVersion) return newest;
  const char* const path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (is_complete(folder)) return folder;
  }
  throw ServerError(
      "PostgreSQL 15 or newer is neither in /usr/lib/postgresql/*/bin nor in PATH: install the "
      "package postgresql-15");
}

std::vector<std::string> lines_of(const fs::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

/// What a running postmaster says about itself in postmaster.pid; see PostgreSQL's pidfile.h.
struct Postmaster {
  pid_t pid = 0;
  key_t memory_key = 0;
  int memory_id = -1;  ///< of the shared memory by which it knows that all its children have ended
  bool ready = false;
};

Postmaster read_postmaster(const fs::path& data) {
  constexpr std::size_t kMemoryLine = 6;
  constexpr std::size_t kStatusLine = 7;
  const std::vector<std::string> lines = lines_of(data / "postmaster.pid");
  Postmaster postmaster;
  if (!lines.empty()) postmaster.pid = std::atoi(lines[0].c_str());
  if (lines.size() > kMemoryLine) {
    unsigned long key = 0;
    std::istringstream(lines[kMemoryLine]) >> key >> postmaster.memory_id;
    postmaster.memory_key = static_cast<key_t>(key);
  }
  postmaster.ready = lines.size() > kStatusLine && lines[kStatusLine].starts_with("ready");
  return postmaster;
}

/// How many processes use the memory: none when it is gone.
std::size_t users_of_memory(const Postmaster& postmaster) {
  shmid_ds memory{};
  if (postmaster.memory_id < 0 || shmctl(postmaster.memory_id, IPC_STAT, &memory) != 0) return 0;
  return memory.shm_perm.__key == postmaster.memory_key ? memory.shm_nattch : 0;
}

/// A killed postmaster leaves its memory, which outlives every process, to its next start.
void remove_memory(const fs::path& data) {
  const Postmaster left = read_postmaster(data);
  shmid_ds memory{};
  if (left.memory_id < 0 || shmctl(left.memory_id, IPC_STAT, &memory) != 0) return;
  if (memory.shm_perm.__key == left.memory_key) shmctl(left.memory_id, IPC_RMID, nullptr);
}

std::string in_quotes(std::string_view value) {
  std::string text = "'";
  for (const char letter : value) text += letter == '\'' ? "''" : std::string(1, letter);
  return text + "'";
}

}  // namespace

PostgresServer::PostgresServer(PostgresServerOptions options)
    : binaries_(find_binaries()),
      account_(unprivileged_account()),
      folder_("delta-postgres", account_) {
  make_cluster(options);
  start();
}

PostgresServer::~PostgresServer() {
  if (process_) {
    process_->send(SIGQUIT);
    process_->wait_for(kChildrenLimit);
    process_.reset();
  }
  remove_memory(folder() / "data");
}

Command PostgresServer::command(const char* program,
                                const std::vector<std::string>& arguments) const {
  Command command;
  command.words = {(binaries_ / program).string()};
  command.words.insert(command.words.end(), arguments.begin(), arguments.end());
  command.environment = {"PATH=/usr/bin:/bin", "LC_ALL=C", "HOME=" + folder().string()};
  command.folder = folder();
  command.log = folder() / "log";
  command.account = account_;
  return command;
}

void PostgresServer::make_cluster(const PostgresServerOptions& options) {
  const std::string data = (folder() / "data").string();
  std::vector<std::string> arguments{"--pgdata", data,    "--username", "postgres",
                                     "--auth",   "trust", "--encoding", "UTF8",
                                     "--locale", "C",     "--no-sync",  "--no-instructions"};
  if (options.page_checksums) arguments.emplace_back("--data-checksums");
  run_to_end(command("initdb", arguments), kProgramLimit);
  const std::vector<std::string> version = lines_of(folder() / "data" / "PG_VERSION");
  if (version.empty() || std::atoi(version[0].c_str()) < kOldestVersion) {
    throw ServerError("PostgreSQL in " + binaries_.string() + " is older than " +
                      std::to_string(kOldestVersion) + ": install the package postgresql-15");
  }
  std::ofstream file(folder() / "data" / "postgresql.conf", std::ios::app);
  for (const auto& [name, value] : options.settings)
    file << name << " = " << in_quotes(value) << "\n";
  file.close();
  if (!file) throw ServerError("cannot write " + data + "/postgresql.conf");
}

void PostgresServer::start() {
  if (running()) return;
  const fs::path data = folder() / "data";
  const Command postgres = command("postgres", {"-D", data.string(), "-h", "127.0.0.1", "-p",
                                                std::to_string(port()), "-k", folder().string()});
  process_.emplace(postgres);
  wait_until_ready(*process_, "PostgreSQL", postgres, [this, &data] {
    const Postmaster postmaster = read_postmaster(data);
    return postmaster.ready && postmaster.pid == process_->pid();
  });
}

void PostgresServer::stop(Stop how) {
  if (!running()) return;
  process_->send(how == Stop::fast ? SIGINT : SIGQUIT);
  wait_until_ended(*process_, "PostgreSQL");
}

void PostgresServer::kill() {
  if (!running()) return;
  const Postmaster killed = read_postmaster(folder() / "data");
  process_->kill();
  wait_until_ended(*process_, "PostgreSQL");
  const auto deadline = std::chrono::steady_clock::now() + kChildrenLimit;
  while (users_of_memory(killed) > 0) {
    if (std::chrono::steady_clock::now() >= deadline) {
      throw ServerError("a process of the killed PostgreSQL did not end within " +
                        format_duration(kChildrenLimit));
    }
    std::this_thread::sleep_for(kPoll);
  }
}

bool PostgresServer::running() const { return process_ && process_->running(); }

std::string PostgresServer::connection_string(std::string_view database) const {
  return "host=127.0.0.1 port=" + std::to_string(port()) +
         " user=postgres dbname=" + std::string(database);
}

std::string PostgresServer::new_database() {
  const std::string name = "test_" + std::to_string(++databases_);
  run_sql("CREATE DATABASE " + name);
  return name;
}

std::string PostgresServer::run_sql(std::string_view sql, std::string_view database) const {
  const PrivateFolder output("delta-psql", account_);
  Command psql = command(
      "psql", {"--no-psqlrc", "--no-align", "--tuples-only", "--quiet", "-v", "ON_ERROR_STOP=1",
               "--dbname", connection_string(database), "--command", std::string(sql)});
  psql.log = output.path() / "output";
  run_to_end(psql, kProgramLimit);
  std::string text;
  for (const std::string& line : lines_of(psql.log)) text += line + "\n";
  return text;
}

}  // namespace delta
