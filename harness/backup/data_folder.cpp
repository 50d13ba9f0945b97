#include "harness/backup/data_folder.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <chrono>
#include <cstring>
#include <fstream>
#include <thread>
#include <vector>

#include "platform/fd.h"

namespace aftershock::backup {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kPortLine = 3, kSocketLine = 4;  // of postmaster.pid

std::vector<std::string> lines_of(const fs::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

/// The first eight bytes of pg_control, of a server of this kind of machine.
std::optional<std::uint64_t> read_system_id(const fs::path& folder) {
  std::ifstream file(folder / "global" / "pg_control", std::ios::binary);
  std::uint64_t id = 0;
  file.read(reinterpret_cast<char*>(&id), sizeof(id));
  return file ? std::optional(id) : std::nullopt;
}

bool works_in(pid_t pid, const fs::path& folder) {
  if (pid <= 0 || (::kill(pid, 0) != 0 && errno == ESRCH)) return false;
  std::error_code error;
  const bool here = fs::equivalent("/proc/" + std::to_string(pid) + "/cwd", folder, error);
  return error ? errno == EACCES : here;  // somebody else's process: believe the file
}

/// A server in another container is not seen as a process, but may answer.
bool answers(const std::vector<std::string>& lines) {
  if (lines.size() <= kSocketLine || lines[kSocketLine].empty()) return false;
  const std::string path = lines[kSocketLine] + "/.s.PGSQL." + lines[kPortLine];
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return false;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const delta::Fd connection(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return connect(connection.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) ==
         0;
}

bool is_mounted(const fs::path& folder) {
  struct stat own{}, above{};
  const fs::path parent = folder / "..";
  return stat(folder.c_str(), &own) == 0 && stat(parent.c_str(), &above) == 0 &&
         own.st_dev != above.st_dev;
}

}  // namespace

DataFolder look_at(const fs::path& folder) {
  DataFolder found;
  std::error_code error;
  found.exists = fs::exists(fs::symlink_status(folder, error));
  if (!found.exists) return found;
  found.is_folder = fs::is_directory(fs::symlink_status(folder, error));
  found.empty = found.is_folder && fs::is_empty(folder, error) && !error;
  found.mounted = is_mounted(folder);
  const std::vector<std::string> version = lines_of(folder / "PG_VERSION");
  if (!version.empty()) found.version = version.front();
  found.system_id = read_system_id(folder);
  const std::vector<std::string> postmaster = lines_of(folder / "postmaster.pid");
  if (postmaster.empty()) return found;
  const auto pid = static_cast<pid_t>(std::atoi(postmaster.front().c_str()));
  if (works_in(pid, folder)) found.server = pid;
  found.served = found.server.has_value() || answers(postmaster);
  return found;
}

Result<void> stop_server(pid_t server, const fs::path& folder, delta::Duration limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  if (::kill(server, SIGINT) != 0 && errno != ESRCH) {
    return failed("cannot stop the server with the pid " + std::to_string(server) + ": " +
                  std::strerror(errno));
  }
  while (works_in(server, folder)) {
    if (std::chrono::steady_clock::now() >= deadline) {
      return failed("the server with the pid " + std::to_string(server) + " did not stop within " +
                        delta::format_duration(limit),
                    "stop it yourself; nothing was changed in its folder");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return {};
}

}  // namespace aftershock::backup
