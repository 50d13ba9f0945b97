#include "runner/adapters/subprocess_executor.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <optional>
#include <system_error>

#include "runner/adapters/subprocess_execution.h"

namespace delta {

namespace {

constexpr const char* kShell = "/bin/sh";
constexpr int kUsualStartMillis = 1'000;
constexpr int kMostSilences = 30;  // as long

std::string cause(int number) { return std::generic_category().message(number); }

/// Files of the executor must not get the numbers of standard input, output or error.
void keep_standard_files_open() {
  for (;;) {
    Fd file(::open("/dev/null", O_RDWR));
    if (file.get() < 0 || file.get() > STDERR_FILENO) return;
    static_cast<void>(file.release());
  }
}

/// Texts as execve(2) takes them.
class Words {
 public:
  explicit Words(std::vector<std::string> words) : words_(std::move(words)) {
    for (std::string& word : words_) pointers_.push_back(word.data());
    pointers_.push_back(nullptr);
  }
  char* const* get() const { return pointers_.data(); }
  /// execve() would cut such a word short.
  bool hold_nul() const {
    return std::ranges::any_of(words_, [](const auto& word) { return word.contains('\0'); });
  }

 private:
  std::vector<std::string> words_;
  std::vector<char*> pointers_;
};

Words variables(const ExecutorOptions& options, const Assignment& given, const WorkFolder& folder,
                std::size_t index) {
  const JobSpec& job = given.job;
  Environment all = given.environment;
  all.emplace("PATH", options.path);
  all.emplace("LANG", "C.UTF-8");
  all.emplace("HOME", folder.path());
  all.emplace("TMPDIR", folder.temporary());
  all.emplace("DELTA_ARTIFACTS", folder.artifacts());
  all.emplace("DELTA_JOB", job.name);
  if (!job.steps.empty()) {
    all.emplace("DELTA_STEP", job.steps.at(index).name);
    all.emplace("DELTA_CHECKPOINT", folder.checkpoint());
  }
  std::vector<std::string> words;
  for (const auto& [name, value] : all) words.push_back(name + "=" + value);
  return Words(std::move(words));
}

/// No handler of the runner may run in the child that a fork makes.
class AllSignalsBlocked {
 public:
  AllSignalsBlocked() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, &before_);
  }
  ~AllSignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  AllSignalsBlocked(const AllSignalsBlocked&) = delete;
  AllSignalsBlocked& operator=(const AllSignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

struct Channels {
  Fd control, far_control;
  Fd output, far_output;
  Fd input;

  /// False: errno says why.
  bool open() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) return false;
    control = Fd(ends[0]);
    far_control = Fd(ends[1]);
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    output = Fd(ends[0]);
    far_output = Fd(ends[1]);
    if (::fcntl(output.get(), F_SETFL, O_NONBLOCK) != 0) return false;
    input = Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    return static_cast<bool>(input);
  }
  void close_far_ends() {
    far_control.reset();
    far_output.reset();
    input.reset();
  }
};

/// None when the supervisor is dead; it is killed when it does not say anything.
std::optional<SupervisorReport> next_report(int control, pid_t supervisor) {
  for (int silent = 0; silent < kMostSilences;) {
    pollfd file{control, POLLIN, 0};
    const int ready = ::poll(&file, 1, kUsualStartMillis);
    if (ready == 0) {
      // The command runs already, and may have stopped its supervisor.
      ::kill(supervisor, SIGCONT);
      ++silent;
    }
    if (ready <= 0) continue;
    SupervisorReport report{};
    const ssize_t size = ::recv(control, &report, sizeof(report), 0);
    if (size == sizeof(report)) return report;
    if (size >= 0) return std::nullopt;
  }
  ::kill(supervisor, SIGKILL);
  return std::nullopt;
}

/// The command's process id. Error: in words.
std::expected<pid_t, std::string> wait_for_start(int control, pid_t supervisor) {
  const auto forked = next_report(control, supervisor);
  if (!forked) return std::unexpected("the supervisor died");
  // Without a word about its start the command may run, or have run.
  const auto second =
      forked->kind == SupervisorReport::Kind::forked ? next_report(control, supervisor) : forked;
  if (!second || second->kind == SupervisorReport::Kind::started) return forked->value;
  return std::unexpected(step_in_words(second->step) + (": " + cause(second->value)));
}

/// Error: in words.
std::expected<Subprocess, std::string> spawn(SupervisedCommand command) {
  Channels channels;
  if (!channels.open()) return std::unexpected("no pipe: " + cause(errno));
  command.control = channels.far_control.get();
  command.input = channels.input.get();
  command.output = channels.far_output.get();
  pid_t supervisor = -1;
  {
    const AllSignalsBlocked blocked;
    supervisor = ::fork();
    if (supervisor == 0) supervise(command);
  }
  if (supervisor < 0) return std::unexpected("no process: " + cause(errno));
  channels.close_far_ends();
  const auto command_id = wait_for_start(channels.control.get(), supervisor);
  if (command_id) {
    return Subprocess{supervisor, *command_id, std::move(channels.control),
                      std::move(channels.output)};
  }
  while (::waitpid(supervisor, nullptr, 0) < 0 && errno == EINTR) {
  }
  return std::unexpected(command_id.error());
}

void log_refusal(Log& log, const JobSpec& job, std::string_view why) {
  log.error("job_not_started", "a command cannot be started", {{"job", job.name}, {"cause", why}});
}

class SubprocessWorkplace final : public Workplace {
 public:
  SubprocessWorkplace(std::shared_ptr<const ExecutorOptions> options,
                      std::shared_ptr<WorkFolder> folder, Assignment given, Log& log)
      : options_(std::move(options)),
        folder_(std::move(folder)),
        given_(std::move(given)),
        log_(log) {}

  std::unique_ptr<Execution> start(std::size_t index) override {
    try {
      auto execution = try_start(index);
      if (execution) return std::move(*execution);
      log_refusal(log_, given_.job, execution.error());
    } catch (const std::exception& error) {
      log_refusal(log_, given_.job, error.what());  // no memory, or no thread
    }
    return nullptr;
  }

 private:
  /// Error: in words.
  std::expected<std::unique_ptr<Execution>, std::string> try_start(std::size_t index) {
    const JobSpec& job = given_.job;
    // Without "--" a command that begins with a dash would be read as options of the shell.
    const Words arguments({kShell, "-c", "--", job.command_at(index)});
    const Words names_and_values = variables(*options_, given_, *folder_, index);
    if (arguments.hold_nul() || names_and_values.hold_nul()) {
      return std::unexpected("the command, its name or a secret holds a zero byte");
    }
    auto process = spawn({.arguments = arguments.get(),
                          .environment = names_and_values.get(),
                          .folder = folder_->path().c_str(),
                          .control = -1,
                          .lock = folder_->lock(),
                          .input = -1,
                          .output = -1,
                          .nice = options_->nice,
                          .limits = options_->limits});
    if (!process) return std::unexpected(process.error());
    const CommandRole role{!job.steps.empty(), index + 1 == job.commands()};
    return std::make_unique<SubprocessExecution>(
        std::move(*process), folder_, role,
        ExecutionLimits{options_->most_output, options_->artifacts}, given_.output, log_);
  }

  const std::shared_ptr<const ExecutorOptions> options_;
  const std::shared_ptr<WorkFolder> folder_;
  const Assignment given_;
  Log& log_;
};

}  // namespace

std::expected<std::unique_ptr<SubprocessExecutor>, std::string> SubprocessExecutor::open(
    ExecutorOptions options, Log& log) {
  keep_standard_files_open();
  auto folders = WorkFolders::open(options.root, log);
  if (!folders) return std::unexpected(folders.error());
  return std::unique_ptr<SubprocessExecutor>(
      new SubprocessExecutor(std::move(options), std::move(*folders), log));
}

std::unique_ptr<Workplace> SubprocessExecutor::prepare(Assignment assignment) {
  const auto refuse = [&](std::string_view why) -> std::unique_ptr<Workplace> {
    log_refusal(log_, assignment.job, why);
    return nullptr;
  };
  try {
    auto path = folders_->make();
    if (!path) return refuse(path.error());
    auto folder = std::make_shared<WorkFolder>(folders_, std::move(*path));
    if (!assignment.state.empty() && !folder->write_state(assignment.state)) {
      return refuse("the checkpoint cannot be written: " + cause(errno));
    }
    return std::make_unique<SubprocessWorkplace>(options_, std::move(folder), std::move(assignment),
                                                 log_);
  } catch (const std::exception& error) {
    return refuse(error.what());  // no memory
  }
}

}  // namespace delta
