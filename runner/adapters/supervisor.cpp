#include "runner/adapters/supervisor.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "runner/adapters/process_table.h"

namespace delta {

namespace {

constexpr int kPatienceSeconds = 10;  // for processes that do not die; some wait for a dead disk
constexpr int kPassMillis = 20;       // from one look for survivors to the next
constexpr mode_t kUsualMask = 022;

enum Step : std::int32_t { kForked, kLimited, kMadeNice, kEntered, kConnected, kExecuted };

struct Failure {
  std::int32_t step;
  std::int32_t cause;  ///< errno; 0: none
};

time_t seconds_now() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec;
}

void close_range_or_each(unsigned first, unsigned last) {
  if (first > last || ::close_range(first, last, 0) == 0) return;
  // An old kernel, or a container that forbids the call.
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  const auto end = static_cast<unsigned>(std::min<rlim_t>(files.rlim_cur, 65'536));
  for (unsigned i = first; i < end && i <= last; ++i) ::close(static_cast<int>(i));
}

void close_all_but(std::array<int, 4> kept) {
  std::sort(kept.begin(), kept.end());
  unsigned next = 3;
  for (const int file : kept) {
    const auto number = static_cast<unsigned>(file);
    if (number > next) close_range_or_each(next, number - 1);
    next = number + 1;
  }
  close_range_or_each(next, ~0U);
}

/// When memory runs out the kernel kills a job rather than the runner or a supervisor.
void offer_for_oom_kill() {
  const int file = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  static_cast<void>(::write(file, "500", 3) > 0);
  ::close(file);
}

Failure limit(const SupervisedCommand& command) {
  const rlimit no_core{0, 0};
  if (::setrlimit(RLIMIT_CORE, &no_core) != 0) return {kLimited, errno};
  for (const ResourceLimit& wanted : command.limits) {
    rlimit own{};
    if (::getrlimit(wanted.resource, &own) != 0) return {kLimited, errno};
    own.rlim_max = std::min<rlim_t>(own.rlim_max, wanted.most);
    own.rlim_cur = own.rlim_max;
    if (::setrlimit(wanted.resource, &own) != 0) return {kLimited, errno};
  }
  if (command.nice != 0 && ::setpriority(PRIO_PROCESS, 0, command.nice) != 0) {
    return {kMadeNice, errno};
  }
  return {kLimited, 0};
}

/// Returns only when it failed.
Failure become(const SupervisedCommand& command, pid_t supervisor) {
  ::setsid();
  // The supervisor has one thread, so this is tied to its life: the command does not outlive it.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != supervisor) ::_exit(1);
  // What the runner ignores, such as SIGPIPE, would stay ignored.
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
  offer_for_oom_kill();
  if (const Failure failure = limit(command); failure.cause != 0) return failure;
  ::umask(kUsualMask);
  if (::chdir(command.folder) != 0) return {kEntered, errno};
  const bool connected = ::dup2(command.input, STDIN_FILENO) >= 0 &&
                         ::dup2(command.output, STDOUT_FILENO) >= 0 &&
                         ::dup2(command.output, STDERR_FILENO) >= 0;
  if (!connected) return {kConnected, errno};
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execve(command.arguments[0], command.arguments, command.environment);
  return {kExecuted, errno};
}

class Supervisor {
 public:
  explicit Supervisor(const SupervisedCommand& command) : command_(command) {}

  void run() {
    isolate();
    if (const Failure failure = launch(); failure.cause != 0) {
      return report({SupervisorReport::Kind::failed, failure.cause, failure.step});
    }
    report({SupervisorReport::Kind::started, 0, 0});
    wait_for_end_or_order();
    const bool all_dead = kill_all();
    report({SupervisorReport::Kind::ended, status_, all_dead ? 0 : 1});
  }

 private:
  void isolate() {
    ::signal(SIGCHLD, SIG_DFL);  // were it ignored, there would be no statuses
    // Not by prctl(), in which the address sanitizer takes a lock of the process that forked.
    ::syscall(SYS_prctl, PR_SET_NAME, "delta-job");
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    // A job may have stopped us when the runner dies. At the end of any of its threads it does no
    // harm.
    ::prctl(PR_SET_PDEATHSIG, SIGCONT);
    ::setsid();  // no signal of the runner's terminal
    // Neither the runner's sockets nor its output may stay open as long as a job runs.
    for (int file = 0; file < 3; ++file) ::dup2(command_.input, file);
    close_all_but({command_.control, command_.lock, command_.input, command_.output});
    sigset_t children;
    ::sigemptyset(&children);
    ::sigaddset(&children, SIGCHLD);
    signals_ = ::signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
  }

  Failure launch() {
    std::array<int, 2> gate{};
    std::array<int, 2> news{};
    const bool ready = signals_ >= 0 && ::pipe2(gate.data(), O_CLOEXEC) == 0 &&
                       ::pipe2(news.data(), O_CLOEXEC) == 0;
    if (!ready) return {kForked, errno};
    const pid_t self = ::getpid();
    child_ = ::_Fork();
    if (child_ < 0) return {kForked, errno};
    if (child_ == 0) {
      ::close(gate[1]);
      char open = 0;
      if (::read(gate[0], &open, 1) != 1) ::_exit(1);
      const Failure failure = become(command_, self);
      static_cast<void>(::write(news[1], &failure, sizeof(failure)) > 0);
      ::_exit(1);
    }
    ::close(gate[0]);
    ::close(news[1]);
    ::close(command_.input);
    ::close(command_.output);
    // The command may stop or kill us as soon as it runs, and then somebody must know it.
    report({SupervisorReport::Kind::forked, child_, 0});
    static_cast<void>(::write(gate[1], "", 1) > 0);
    ::close(gate[1]);
    Failure failure{};
    const ssize_t size = ::read(news[0], &failure, sizeof(failure));  // ends with the execution
    ::close(news[0]);
    return size == sizeof(failure) ? failure : Failure{kExecuted, 0};
  }

  void wait_for_end_or_order() {
    for (;;) {
      std::array<pollfd, 2> files{{{command_.control, POLLIN, 0}, {signals_, POLLIN, 0}}};
      ::poll(files.data(), files.size(), -1);
      reap();
      if (ended_ || files[0].revents != 0) return;
    }
  }

  /// False when there is no child left, and so no descendant either.
  bool reap() {
    signalfd_siginfo ignored;
    while (::read(signals_, &ignored, sizeof(ignored)) > 0) {
    }
    for (;;) {
      int status = 0;
      const pid_t pid = ::waitpid(-1, &status, WNOHANG);
      if (pid == 0) return true;
      if (pid < 0) return false;
      if (pid != child_) continue;
      ended_ = true;
      status_ = status;
    }
  }

  bool kill_all() {
    const time_t give_up = seconds_now() + kPatienceSeconds;
    while (reap()) {
      if (seconds_now() > give_up) return false;
      kill_descendants(::getpid());
      pollfd child{signals_, POLLIN, 0};
      ::poll(&child, 1, kPassMillis);
    }
    return true;
  }

  void report(const SupervisorReport& report) const {
    // Nobody listens when the runner is dead.
    ::send(command_.control, &report, sizeof(report), MSG_NOSIGNAL);
  }

  const SupervisedCommand& command_;
  int signals_ = -1;
  pid_t child_ = -1;
  int status_ = SIGKILL;  ///< as wait() tells it
  bool ended_ = false;
};

}  // namespace

const char* step_in_words(std::int32_t step) {
  switch (step) {
    case kForked: return "a process cannot be made";
    case kLimited: return "the resource limits cannot be set";
    case kMadeNice: return "the nice value cannot be set";
    case kEntered: return "the working folder cannot be entered";
    case kConnected: return "the output cannot be connected";
    case kExecuted: return "/bin/sh cannot be executed";
    default: return "the supervisor failed";
  }
}

void supervise(const SupervisedCommand& command) {
  Supervisor(command).run();
  ::_exit(0);
}

}  // namespace delta
