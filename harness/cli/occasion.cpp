#include "harness/cli/occasion.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <thread>
#include <utility>

#include "core/sha256.h"
#include "harness/calendar/history.h"
#include "harness/sweep/load.h"
#include "reports/shell_quote.h"

namespace aftershock::cli {
namespace {

std::string system_name() {
  utsname name{};
  if (uname(&name) != 0) return "unknown";
  return std::string(name.sysname) + " " + name.release + " " + name.machine;
}

}  // namespace

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

EnvironmentReport this_machine(const std::vector<std::string>& arguments) {
  std::string command = "aftershock";
  for (const std::string& argument : arguments) command += " " + shell_quoted(argument);
  return {.host = host_name(),
          .system = system_name(),
          .processors = std::thread::hardware_concurrency(),
          .build = sweep::file_digest("/proc/self/exe").value_or("unknown"),
          .command = std::move(command)};
}

OccasionReport occasion_of(EnvironmentReport machine, std::chrono::sys_seconds began,
                           std::chrono::sys_seconds ended) {
  constexpr std::size_t kShown = 8;
  OccasionReport occasion{.began = calendar::time_text(began), .ended = calendar::time_text(ended)};
  const std::string unique =
      machine.host + machine.build + machine.command + occasion.began + std::to_string(getpid());
  std::string stamp = occasion.began;
  std::erase_if(stamp, [](char c) { return c == '-' || c == ':'; });
  occasion.exercise = stamp + "-" + delta::to_string(delta::sha256(unique)).substr(0, kShown);
  occasion.environment = std::move(machine);
  return occasion;
}

}  // namespace aftershock::cli
