// A process that this one started, and that does not outlive it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/time.h"

namespace delta {

/// A server cannot be started, stopped or asked: what() says why, for a person.
struct ServerError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Account {
  uid_t user = 0;
  gid_t group = 0;
};

/// For a program that root should not run: the account `postgres`, or else `nobody`. Nothing when
/// this process is not root's, and so may only start processes of its own account.
std::optional<Account> unprivileged_account();

struct Command {
  std::vector<std::string> words;        ///< the program's path, and its arguments
  std::vector<std::string> environment;  ///< all of it, as NAME=value; nothing is inherited
  std::filesystem::path folder;          ///< that it runs in
  std::filesystem::path log;             ///< what it prints is added to this file
  std::optional<Account> account;        ///< whose it shall be; of this process's if nothing
};

/// How a process ended: by itself with an exit code, or by a signal (then not 0).
struct ProcessEnd {
  int code = 0;
  int signal = 0;
};
std::string describe(const ProcessEnd& end);

/// Owns one child: its own process group, /dev/null for input, no descriptor of ours but the log.
/// It gets SIGKILL when this process dies in whatever way, and in the destructor, which reaps it.
/// Thread: any. It signals only the process it started: never a group, never a pid reused.
class ChildProcess {
 public:
  /// Returns when the program runs. Throws ServerError when it cannot be run.
  explicit ChildProcess(const Command& command);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const;
  /// Does nothing when the process has ended.
  void send(int signal);
  void terminate();  ///< SIGTERM
  void kill();       ///< SIGKILL
  void pause();      ///< SIGSTOP: it stays, and does nothing
  void resume();     ///< SIGCONT
  bool running() const;
  /// Blocks until it ended. Nothing when it still runs after `limit`.
  std::optional<ProcessEnd> wait_for(Duration limit);

 private:
  struct State;
  class Keeper;
  std::unique_ptr<State> state_;
  std::unique_ptr<Keeper> keeper_;
};

/// Runs a program to its end. Throws ServerError, with the end of its log, when it fails or runs
/// longer than `limit`.
void run_to_end(const Command& command, Duration limit);

/// Blocks until `ready` says so. Ends the process and throws ServerError, with the end of its log,
/// when that takes too long or the process ends instead. `name` is for the error.
void wait_until_ready(ChildProcess& process, const std::string& name, const Command& command,
                      const std::function<bool()>& ready);

/// Blocks until it ended, as it was told to. Throws ServerError when it does not.
void wait_until_ended(ChildProcess& process, const std::string& name);

/// The last lines of a log, for an error: empty when there is none.
std::string log_tail(const std::filesystem::path& log);

}  // namespace delta
