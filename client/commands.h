// The commands about runs.
#pragma once

#include <functional>
#include <istream>
#include <string>

#include "client/command_line.h"
#include "client/delta_client.h"
#include "client/views.h"
#include "client/watch.h"
#include "platform/console.h"

namespace delta::client {

/// What a command works with.
struct Session {
  DeltaClient& client;
  Consoles consoles;
  std::istream& in;
  bool in_is_terminal = false;
  WatchTools watch;
  /// Called before the client's notices are printed; a view that is redrawn makes room.
  std::function<void()>& before_notice;
};

/// How a view is printed there.
Look look_of(const Console& console);
/// The id that RUN names: itself, the one run that begins so, or the newest.
Outcome<RunId> find_run(DeltaClient& client, const std::string& word);
/// The job's index in the run.
Outcome<std::uint32_t> find_job(const RunView& run, const std::string& word);

Outcome<ExitCode> submit_command(const CommandLine& line, const Session& session);
Outcome<ExitCode> watch_command(const CommandLine& line, const Session& session);
Outcome<ExitCode> cancel_command(const CommandLine& line, const Session& session);
Outcome<ExitCode> rerun_command(const CommandLine& line, const Session& session);
Outcome<ExitCode> get_command(const CommandLine& line, const Session& session);
Outcome<ExitCode> list_command(const CommandLine& line, const Session& session);
Outcome<ExitCode> logs_command(const CommandLine& line, const Session& session);
Outcome<ExitCode> artifacts_command(const CommandLine& line, const Session& session);
Outcome<ExitCode> schedule_command(const CommandLine& line, const Session& session);
Outcome<ExitCode> runners_command(const CommandLine& line, const Session& session);
Outcome<ExitCode> download_command(const CommandLine& line, const Session& session);
Outcome<ExitCode> admin_command(const CommandLine& line, const Session& session);

}  // namespace delta::client
