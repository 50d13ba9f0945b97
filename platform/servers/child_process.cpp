#include "platform/servers/child_process.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <fstream>
#include <mutex>
#include <thread>

namespace delta {

namespace {

constexpr Duration kReadyLimit = 60s;
constexpr Duration kEndLimit = 30s;
constexpr Duration kPoll = 5ms;
constexpr int kCannotRun = 127;  // what a shell answers
constexpr int kLastSignal = 64;
constexpr unsigned kCloseOnExec = 4;  // CLOSE_RANGE_CLOEXEC, which glibc 2.36 does not name

/// All that the child needs, made before the fork: until it runs the program it must not allocate.
struct Prepared {
  explicit Prepared(const Command& from) : command(from), folder(from.folder.string()) {
    for (const std::string& word : command.words) words.push_back(writable(word));
    for (const std::string& entry : command.environment) environment.push_back(writable(entry));
    words.push_back(nullptr);
    environment.push_back(nullptr);
  }
  // execve() promises not to write to them.
  static char* writable(const std::string& text) { return const_cast<char*>(text.c_str()); }

  const Command& command;
  std::string folder;
  std::vector<char*> words;
  std::vector<char*> environment;
  pid_t parent = getpid();
  int input = -1;
  int log = -1;
  int failure = -1;  ///< where the child writes errno when it cannot run the program
};

void reset_signals() {
  for (int number = 1; number <= kLastSignal; ++number) ::signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// System calls, not glibc's functions: those speak to the other threads, which are not here.
bool become(const std::optional<Account>& account) {
  if (!account) return true;
  const gid_t group = account->group;
  return syscall(SYS_setgroups, 1, &group) == 0 && syscall(SYS_setgid, group) == 0 &&
         syscall(SYS_setuid, account->user) == 0;
}

/// The child, up to the program. Returns only when that failed.
void run_program(const Prepared& prepared) {
  setpgid(0, 0);
  reset_signals();
  dup2(prepared.input, STDIN_FILENO);
  dup2(prepared.log, STDOUT_FILENO);
  dup2(prepared.log, STDERR_FILENO);
  if (!become(prepared.command.account) || chdir(prepared.folder.c_str()) != 0) return;
  // Asked for last, as a change of account takes it back; then it may be too late to be told.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return;
  if (getppid() != prepared.parent) _exit(kCannotRun);
  syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, kCloseOnExec);
  execve(prepared.words.front(), prepared.words.data(), prepared.environment.data());
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }
  void close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }

 private:
  int number_;
};

struct Started {
  pid_t pid = -1;
  int error = 0;
};

Started start(const Command& command) {
  std::array<int, 2> ends{-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return {-1, errno};
  const Descriptor failure(ends[0]);
  Descriptor failure_of_child(ends[1]);
  const Descriptor input(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const Descriptor log(open(command.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (input.number() < 0 || log.number() < 0) return {-1, errno};
  Prepared prepared(command);
  prepared.input = input.number();
  prepared.log = log.number();
  prepared.failure = failure_of_child.number();
  const pid_t pid = fork();
  if (pid < 0) return {-1, errno};
  if (pid == 0) {
    run_program(prepared);
    const int error = errno;
    const auto written = write(prepared.failure, &error, sizeof(error));
    _exit(written == sizeof(error) ? kCannotRun : kCannotRun - 1);
  }
  failure_of_child.close();
  int error = 0;
  // The end of the pipe, not an error: the program runs.
  while (read(failure.number(), &error, sizeof(error)) < 0 && errno == EINTR) {
  }
  return {pid, error};
}

ProcessEnd end_of(int status) {
  if (WIFSIGNALED(status)) return {0, WTERMSIG(status)};
  return {WEXITSTATUS(status), 0};
}

}  // namespace

std::optional<Account> unprivileged_account() {
  if (geteuid() != 0) return std::nullopt;
  for (const char* name : {"postgres", "nobody"}) {
    passwd entry{};
    passwd* found = nullptr;
    std::array<char, 4096> text{};
    getpwnam_r(name, &entry, text.data(), text.size(), &found);
    if (found != nullptr) return Account{entry.pw_uid, entry.pw_gid};
  }
  throw ServerError("root needs the account postgres or nobody to run servers as");
}

std::string describe(const ProcessEnd& end) {
  return end.signal != 0 ? "signal " + std::to_string(end.signal)
                         : "exit code " + std::to_string(end.code);
}

struct ChildProcess::State {
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<Started> started;
  std::optional<ProcessEnd> end;
};

/// A thread that starts the child and waits for its end. Linux sends the signal of a parent's death
/// when the thread that forked ends, so that thread must live as long as the child.
class ChildProcess::Keeper {
 public:
  Keeper(State& state, const Command& command)
      : thread_([&state, command] { keep(state, command); }) {}
  ~Keeper() { thread_.join(); }
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;

 private:
  static void keep(State& state, const Command& command) {
    const Started started = start(command);
    {
      const std::lock_guard lock(state.mutex);
      state.started = started;
      state.changed.notify_all();
    }
    if (started.pid < 0) return;
    const auto child = static_cast<id_t>(started.pid);
    siginfo_t seen{};
    while (waitid(P_PID, child, &seen, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
    }
    // Reaped under the lock: while send() holds it, the pid is still the child's.
    const std::lock_guard lock(state.mutex);
    int status = 0;
    while (waitpid(started.pid, &status, 0) < 0 && errno == EINTR) {
    }
    state.end = end_of(status);
    state.changed.notify_all();
  }

  std::thread thread_;
};

ChildProcess::ChildProcess(const Command& command)
    : state_(std::make_unique<State>()), keeper_(std::make_unique<Keeper>(*state_, command)) {
  std::unique_lock lock(state_->mutex);
  state_->changed.wait(lock, [this] { return state_->started.has_value(); });
  if (state_->started->pid >= 0 && state_->started->error == 0) return;
  const std::string why = std::strerror(state_->started->error);
  lock.unlock();
  keeper_.reset();
  throw ServerError("cannot run " + command.words.front() + ": " + why);
}

ChildProcess::~ChildProcess() { kill(); }

pid_t ChildProcess::pid() const {
  const std::lock_guard lock(state_->mutex);
  return state_->started->pid;
}

void ChildProcess::send(int signal) {
  const std::lock_guard lock(state_->mutex);
  if (!state_->end) ::kill(state_->started->pid, signal);
}

void ChildProcess::terminate() { send(SIGTERM); }
void ChildProcess::kill() { send(SIGKILL); }
void ChildProcess::pause() { send(SIGSTOP); }
void ChildProcess::resume() { send(SIGCONT); }

bool ChildProcess::running() const {
  const std::lock_guard lock(state_->mutex);
  return !state_->end;
}

std::optional<ProcessEnd> ChildProcess::wait_for(Duration limit) {
  std::unique_lock lock(state_->mutex);
  state_->changed.wait_for(lock, limit, [this] { return state_->end.has_value(); });
  return state_->end;
}

void run_to_end(const Command& command, Duration limit) {
  ChildProcess process(command);
  const std::optional<ProcessEnd> end = process.wait_for(limit);
  if (end && end->code == 0 && end->signal == 0) return;
  const std::string how =
      end ? "failed with " + describe(*end) : "did not end within " + format_duration(limit);
  throw ServerError(command.words.front() + " " + how + log_tail(command.log));
}

void wait_until_ready(ChildProcess& process, const std::string& name, const Command& command,
                      const std::function<bool()>& ready) {
  const auto deadline = std::chrono::steady_clock::now() + kReadyLimit;
  while (!ready()) {
    const std::optional<ProcessEnd> end = process.wait_for(kPoll);
    if (!end && std::chrono::steady_clock::now() < deadline) continue;
    const std::string how = end ? "ended with " + describe(*end)
                                : "did not answer within " + format_duration(kReadyLimit);
    process.kill();
    throw ServerError(name + " " + how + log_tail(command.log));
  }
}

void wait_until_ended(ChildProcess& process, const std::string& name) {
  if (process.wait_for(kEndLimit)) return;
  throw ServerError(name + " did not end within " + format_duration(kEndLimit));
}

std::string log_tail(const std::filesystem::path& log) {
  constexpr std::size_t kLines = 20;
  std::ifstream file(log);
  std::deque<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    lines.push_back(line);
    if (lines.size() > kLines) lines.pop_front();
  }
  std::string tail = lines.empty() ? "" : "; the end of " + log.string() + ":";
  for (const std::string& line : lines) tail += "\n  " + line;
  return tail;
}

}  // namespace delta
