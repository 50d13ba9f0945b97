// The command line: what was asked for, and what is said about a mistake in it. How each command
// is read is in a file of its own in harness/cli/commands/; a new one is added to CommandLine here
// and to the table in command_line.cpp.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <variant>
#include <vector>

#include "core/time.h"
#include "harness/cli/exit_code.h"

namespace aftershock::cli {

struct RunOptions {
  std::vector<std::string> paths = {};
  std::uint64_t seed = 1;
  bool json = false;     ///< the report on standard output
  bool quiet = false;    ///< only what did not pass
  std::string out = {};  ///< folder of the report; empty: none
};

struct ListOptions {
  std::vector<std::string> paths = {};
  bool faults = false;  ///< the faults instead of the scenarios
  bool steps = false;   ///< the steps of runbooks
  bool marks = false;   ///< the coverage marks
};

struct ValidateOptions {
  std::vector<std::string> paths = {};
};

struct PlanOptions {
  std::vector<std::string> paths = {};
  std::uint64_t seed = 1;
};

struct AlertsOptions {
  bool prometheus = false;  ///< as Prometheus' rules file
};

struct ShrinkOptions {
  std::string path = {};  ///< one scenario file
  std::uint64_t seed = 1;
  std::string invariant = {};  ///< that has to break; empty: whatever fails first
  std::string out = {};        ///< the file to write; empty: named after the scenario
  delta::Duration budget = std::chrono::seconds(60);
  std::uint32_t tries = 4;  ///< other seeds for each candidate
  std::uint32_t jobs = 1;   ///< drills side by side
};

using CommandLine = std::variant<RunOptions, ListOptions, ValidateOptions, PlanOptions,
                                 AlertsOptions, ShrinkOptions>;

/// Nothing to execute: a text to print, on standard output when the code is kPassed (--help,
/// --version), otherwise on standard error.
struct Answer {
  ExitCode code = ExitCode::kPassed;
  std::string text;
};

/// `arguments` without the program's name.
std::expected<CommandLine, Answer> parse_command_line(std::vector<std::string> arguments);

}  // namespace aftershock::cli
