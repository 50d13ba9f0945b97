#include "runner/adapters/subprocess_execution.h"

#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>

#include "core/check.h"
#include "core/checkpoint.h"
#include "runner/adapters/process_table.h"

namespace delta {

namespace {

constexpr std::size_t kPiece = 1 << 16;
// The supervisor gives up before.
constexpr auto kPatience = std::chrono::seconds(15);
constexpr int kMostPasses = 2'000;
constexpr int kPassMillis = 5;

std::int32_t exit_code_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Kills a group of processes that are not our children, until it is empty.
void kill_group(pid_t group) {
  for (int pass = 0; pass < kMostPasses && ::kill(-group, SIGKILL) == 0; ++pass) {
    ::poll(nullptr, 0, kPassMillis);
  }
}

void wait_for(pid_t child) {
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace

SubprocessExecution::SubprocessExecution(Subprocess process, std::shared_ptr<WorkFolder> folder,
                                         CommandRole role, ExecutionLimits limits, Output output,
                                         Log& log)
    : folder_(std::move(folder)),
      role_(role),
      limits_(limits),
      log_(log),
      control_(std::move(process.control)),
      output_(std::move(process.output)),
      command_(process.command),
      sink_(std::move(output)),
      supervisor_(process.supervisor) {
  try {
    reader_ = std::thread([this] { follow(); });
  } catch (const std::system_error&) {
    // The order to kill; the supervisor ends when it has done so.
    ::shutdown(control_.get(), SHUT_RDWR);
    wait_for(supervisor_);
    throw;
  }
}

SubprocessExecution::~SubprocessExecution() {
  kill();
  reader_.join();
}

bool SubprocessExecution::wait_until(MonoTime deadline) {
  std::unique_lock lock(mutex_);
  const auto may_return = [this] { return over_ || woken_; };
  if (deadline == kNoDeadline) {
    changed_.wait(lock, may_return);
  } else {
    using Steady = std::chrono::steady_clock;
    changed_.wait_until(lock, Steady::time_point(deadline.time_since_epoch()), may_return);
  }
  woken_ = false;
  return over_;
}

void SubprocessExecution::wake() {
  const std::lock_guard lock(mutex_);
  woken_ = true;
  changed_.notify_all();
}

void SubprocessExecution::kill() {
  {
    const std::lock_guard lock(output_mutex_);
    sink_ = nullptr;
  }
  std::unique_lock lock(mutex_);
  if (over_) return;
  killed_ = true;
  ::shutdown(control_.get(), SHUT_WR);
  // A job may have stopped its supervisor.
  if (supervisor_ > 0) ::kill(supervisor_, SIGCONT);
  const auto is_over = [this] { return over_; };
  if (changed_.wait_for(lock, kPatience, is_over)) return;
  log_.error("supervisor_hangs", "a job's supervisor does not answer and is killed",
             {{"supervisor", supervisor_}});
  if (supervisor_ > 0) {
    kill_descendants(supervisor_);
    ::kill(supervisor_, SIGKILL);
  }
  changed_.wait(lock, is_over);
}

ExecutionResult SubprocessExecution::result() {
  const std::lock_guard lock(mutex_);
  CHECK(over_);
  return result_;
}

bool SubprocessExecution::killed() const {
  const std::lock_guard lock(mutex_);
  return killed_;
}

void SubprocessExecution::follow() {
  const SupervisorReport report = pump();
  reap_supervisor();
  if (report.step != 0) {
    log_.warning("job_survives", "a process of a job could not be killed", {{"command", command_}});
  }
  result_.exit_code = exit_code_of(report.value);
  if (!killed()) collect();
  const std::lock_guard lock(mutex_);
  over_ = true;
  changed_.notify_all();
}

SupervisorReport SubprocessExecution::pump() {
  std::array<pollfd, 2> files{{{control_.get(), POLLIN, 0}, {output_.get(), POLLIN, 0}}};
  for (;;) {
    if (::poll(files.data(), files.size(), -1) < 0) continue;  // a signal
    if (files[1].revents != 0 && !pass_on(kPiece)) files[1].fd = -1;
    if (files[0].revents == 0) continue;
    SupervisorReport report{};
    const ssize_t size = ::recv(control_.get(), &report, sizeof(report), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size == sizeof(report)) {
      drain();
      return report;
    }
    // The command died with its supervisor, but perhaps not all of its group.
    log_.error("supervisor_lost", "a job's supervisor was killed", {{"command", command_}});
    kill_group(command_);
    drain();
    return {SupervisorReport::Kind::ended, SIGKILL, 0};
  }
}

void SubprocessExecution::reap_supervisor() {
  pid_t supervisor = -1;
  {
    // Its number may belong to another process as soon as it was waited for.
    const std::lock_guard lock(mutex_);
    std::swap(supervisor, supervisor_);
  }
  // It has said all that it has to say, or is dead; but it may have been stopped.
  ::kill(supervisor, SIGKILL);
  wait_for(supervisor);
}

void SubprocessExecution::collect() {
  if (role_.is_step) result_.state = folder_->read_state(Checkpoint::kLargestState);
  if (!role_.is_last && result_.exit_code == 0) return;
  CollectedArtifacts found =
      collect_artifacts(folder_->artifacts(), limits_.artifacts, [this] { return killed(); });
  for (const std::string& remark : found.remarks) deliver_line(remark);
  result_.artifacts = std::move(found.artifacts);
}

bool SubprocessExecution::pass_on(std::size_t at_most) {
  std::array<char, kPiece> bytes;
  const ssize_t size = ::read(output_.get(), bytes.data(), std::min(at_most, bytes.size()));
  if (size < 0) return errno == EINTR || errno == EAGAIN;
  if (size == 0) return false;
  const std::string_view piece(bytes.data(), static_cast<std::size_t>(size));
  const std::uint64_t room = limits_.most_output - passed_;
  if (room == 0) return true;  // cut already
  passed_ += std::min<std::uint64_t>(room, piece.size());
  deliver(piece.substr(0, room));
  if (room < piece.size()) {
    passed_ = limits_.most_output;
    deliver_line("the output is cut here: it has more than " + std::to_string(limits_.most_output) +
                 " bytes");
  }
  return true;
}

/// Nobody writes any more, but for a process outside that was handed the pipe: read what there is
/// and no more.
void SubprocessExecution::drain() {
  int left = 0;
  if (::ioctl(output_.get(), FIONREAD, &left) != 0) return;
  for (auto rest = static_cast<std::size_t>(left); rest > 0;) {
    const std::size_t piece = std::min(rest, kPiece);
    if (!pass_on(piece)) return;
    rest -= piece;
  }
}

void SubprocessExecution::deliver(std::string_view piece) {
  if (piece.empty()) return;
  line_open_ = piece.back() != '\n';
  const std::lock_guard lock(output_mutex_);
  if (sink_) sink_(piece);
}

void SubprocessExecution::deliver_line(const std::string& line) {
  deliver((line_open_ ? "\n[" : "[") + line + "]\n");
}

}  // namespace delta
