// The program `delta`: one command line in, one exit code out.
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "client/commands.h"
#include "client/health.h"
#include "client/version.h"
#include "core/check.h"
#include "core/columns.h"

namespace {

using namespace delta;
using namespace delta::client;

constexpr Duration kPatience = 30s;
constexpr Duration kWatchPatience = 10min;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

Duration now() { return std::chrono::steady_clock::now().time_since_epoch(); }

void pause(Duration duration) { std::this_thread::sleep_for(duration); }

ExitCode say(const Failure& failure, const Console& err) {
  err.stream << wrapped("error: ", one_line(failure.message), err.width);
  if (failure.hint) err.stream << wrapped("  hint: ", one_line(*failure.hint), err.width);
  return failure.code;
}

Outcome<ExitCode> execute(const CommandLine& line, const Session& session) {
  switch (line.command) {
    case Command::submit: return submit_command(line, session);
    case Command::watch: return watch_command(line, session);
    case Command::get: return get_command(line, session);
    case Command::list: return list_command(line, session);
    case Command::logs: return logs_command(line, session);
    case Command::artifacts: return artifacts_command(line, session);
    case Command::download: return download_command(line, session);
    case Command::cancel: return cancel_command(line, session);
    case Command::rerun: return rerun_command(line, session);
    case Command::schedule: return schedule_command(line, session);
    case Command::runners: return runners_command(line, session);
    case Command::admin: return admin_command(line, session);
    case Command::status:
    case Command::doctor: break;
  }
  CHECK(false);
}

ExitCode run(const CommandLine& line, const Consoles& consoles) {
  const bool about_health = line.command == Command::status || line.command == Command::doctor;
  auto access = find_access(line.access, variable, !about_health);
  if (!access) return say(access.error(), consoles.err);
  HttpClient http({.user_agent = std::string("delta/") + kVersion,
                   .ca_file = access->ca_file,
                   .connect_timeout = 3s});
  if (line.command == Command::status) return status_command(http, access->urls, consoles);
  if (line.command == Command::doctor) {
    return doctor_command(http, access->urls, line.look_for, consoles, {now, pause});
  }
  std::function<void()> before_notice;
  const auto notice = [&](const std::string& sentence) {
    if (before_notice) before_notice();
    consoles.err.stream << wrapped("note: ", one_line(sentence), consoles.err.width) << std::flush;
  };
  const bool watches = line.command == Command::watch || line.watch || line.follow;
  DeltaClient client(http,
                     {.urls = access->urls,
                      .token = std::move(access->token),
                      .patience = line.patience.value_or(watches ? kWatchPatience : kPatience)},
                     {now, pause, notice});
  const Session session{.client = client,
                        .consoles = consoles,
                        .in = std::cin,
                        .in_is_terminal = isatty(STDIN_FILENO) == 1,
                        .watch = {now, pause},
                        .before_notice = before_notice};
  const auto code = execute(line, session);
  return code ? *code : say(code.error(), consoles.err);
}

ExitCode say_answer(const Answer& answer, const Consoles& consoles) {
  const bool asked_for = answer.code == ExitCode::kDone;
  (asked_for ? consoles.out : consoles.err).stream << answer.text;
  return answer.code;
}

void say_bug(const std::string& what) {
  std::cerr << "internal error: " << what << "\nThis is a bug in delta " << kVersion << ".\n";
}

}  // namespace

int main(int argc, char** argv) {
  // A reader that has seen enough, such as head, is no reason to die without a word.
  std::signal(SIGPIPE, SIG_IGN);
  const Consoles consoles{make_console(std::cout, STDOUT_FILENO),
                          make_console(std::cerr, STDERR_FILENO)};
  ExitCode code = ExitCode::kInternalError;
  try {
    const std::vector<std::string> words(argv, argv + argc);
    const auto line = parse_command_line({words.begin() + (argc > 0 ? 1 : 0), words.end()});
    code = line ? run(*line, consoles) : say_answer(line.error(), consoles);
    if (!deliver(consoles) && code == ExitCode::kDone) code = ExitCode::kOutput;
  } catch (const CheckFailed& failure) {
    say_bug(failure.what);
  } catch (const std::exception& error) {
    say_bug(error.what());
  }
  return static_cast<int>(code);
}
