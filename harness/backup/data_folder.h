// What is in a folder that a restore shall write to.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "core/time.h"
#include "harness/backup/problem.h"

namespace aftershock::backup {

struct DataFolder {
  bool exists = false;
  bool empty = true;
  bool is_folder = true;
  bool mounted = false;      ///< a file system of its own: it cannot be moved aside
  std::string version = {};  ///< of the cluster in it; empty: none that can be read
  std::optional<std::uint64_t> system_id = {};
  bool served = false;          ///< a PostgreSQL works in it
  std::optional<pid_t> server;  ///< its pid, when it can be seen from here
};

DataFolder look_at(const std::filesystem::path& folder);

/// Tells the server to end its sessions and stop, and waits for it. Failed: it does not.
Result<void> stop_server(pid_t server, const std::filesystem::path& folder, delta::Duration limit);

}  // namespace aftershock::backup
