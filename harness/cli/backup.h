// The work of `aftershock backup`: what is printed about it, and its exit codes.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "harness/cli/command_line.h"
#include "harness/cli/console.h"

namespace aftershock::cli {

/// What comes from outside.
struct BackupTools {
  std::function<bool()> interrupted;
  std::function<std::int64_t()> now;  ///< seconds since 1970
};

ExitCode backup_command(const BackupOptions& options, const Consoles& consoles,
                        const BackupTools& tools, std::string& doing);

}  // namespace aftershock::cli
