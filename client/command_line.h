// The command line of `delta`: commands, options, help, and what is said about a mistake in it.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "client/access.h"
#include "client/exit_code.h"
#include "core/api.h"

namespace delta::client {

enum class Command : std::uint8_t {
  submit,
  watch,
  get,
  list,
  logs,
  artifacts,
  download,
  cancel,
  rerun,
  status,
  doctor,
  admin,
  schedule,
  runners,
};

struct ScheduleLine {
  std::string action;  ///< create, list, show, pause, resume, delete
  ScheduleSpec spec;   ///< create: but for its run
};

struct AdminLine {
  std::string kind;  ///< of the route
  Duration ttl{};
  Duration for_how_long{};
  std::uint32_t limit = 0;
  bool all = false;
  std::string run = {};  ///< with job: its attempt
  std::string job = {};
  std::string runner = {};  ///< an id
};

struct CommandLine {
  Command command = Command::status;
  AccessOptions access;
  std::optional<Duration> patience;  ///< --timeout; none: as the command wants it
  std::string file;
  std::string run;  ///< an id, the beginning of one, or "latest"
  std::string job;
  std::string name;
  std::string key;  ///< empty: a random one
  std::string out;
  std::optional<RunState> state;
  std::uint32_t limit = 20;
  Duration look_for = std::chrono::seconds(10);  ///< doctor
  bool json = false;
  bool watch = false;
  bool follow = false;  ///< logs
  bool yes = false;
  AdminLine admin;
  ScheduleLine schedule;
};

/// Nothing to execute: a text to print, on standard output when the code is kDone (--help,
/// --version), otherwise on standard error.
struct Answer {
  ExitCode code = ExitCode::kDone;
  std::string text;
};

/// `arguments` without the program's name.
std::expected<CommandLine, Answer> parse_command_line(std::vector<std::string> arguments);

}  // namespace delta::client
