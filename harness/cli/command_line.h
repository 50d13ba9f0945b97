// The command line: commands, options, help, and what is said about a mistake in it.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "harness/cli/exit_code.h"

namespace aftershock::cli {

enum class Command : std::uint8_t { kRun, kList, kValidate, kPlan, kAlerts };

struct CommandLine {
  Command command = Command::kRun;
  std::vector<std::string> paths = {};
  std::uint64_t seed = 1;
  bool json = false;        ///< run: the report on standard output
  bool quiet = false;       ///< run: only what did not pass
  std::string out = {};     ///< run: folder of the report; empty: none
  bool faults = false;      ///< list: the faults instead of the scenarios
  bool steps = false;       ///< list: the steps of runbooks
  bool marks = false;       ///< list: the coverage marks
  bool prometheus = false;  ///< alerts: as Prometheus' rules file
};

/// Nothing to execute: a text to print, on standard output when the code is kPassed (--help,
/// --version), otherwise on standard error.
struct Answer {
  ExitCode code = ExitCode::kPassed;
  std::string text;
};

/// `arguments` without the program's name.
std::expected<CommandLine, Answer> parse_command_line(std::vector<std::string> arguments);

}  // namespace aftershock::cli
