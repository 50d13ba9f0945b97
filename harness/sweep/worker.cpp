#include "harness/sweep/worker.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <type_traits>

#include "core/check.h"

namespace aftershock::sweep {

using delta::Duration;

namespace {

struct Order {
  Task task = Task::drill;
  DrillKey key;
};
static_assert(std::is_trivially_copyable_v<Order>);

bool send_all(int socket, const void* bytes, std::size_t size) {
  const char* at = static_cast<const char*>(bytes);
  while (size > 0) {
    const ssize_t sent = send(socket, at, size, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return false;
    at += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

/// False at the end: the sweep needs this worker no more, or is dead.
bool receive(int socket, Order& order) {
  ssize_t size = 0;
  while ((size = recv(socket, &order, sizeof(order), MSG_WAITALL)) < 0 && errno == EINTR) {
  }
  return size == static_cast<ssize_t>(sizeof(order));
}

DrillResult done(const Work& work, const Order& order) {
  try {
    return work(order.task, order.key);
  } catch (const delta::CheckFailed& failure) {
    return crashed(order.key, failure.what, {});
  } catch (const std::exception& error) {
    return crashed(order.key, error.what(), {});
  }
}

/// The worker's whole life.
void serve(int socket, const Work& work) {
  for (Order order; receive(socket, order);) {
    const DrillResult result = done(work, order);
    const std::string line = to_line(result) + "\n";
    if (!send_all(socket, line.data(), line.size())) return;
    if (result.ending == Ending::crash) return;  // who knows what it left behind
  }
}

/// Interrupts are for the sweep, which lets its workers finish. Whoever stops it may have signalled
/// the whole group of processes, as a terminal and timeout(1) do.
void become_worker(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(0);
  signal(SIGINT, SIG_IGN);
  signal(SIGTERM, SIG_IGN);
}

}  // namespace

Worker::Worker(const Work& work, std::span<const int> others) {
  std::array<int, 2> ends{-1, -1};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot connect to a worker");
  }
  delta::Fd ours(ends[0]), theirs(ends[1]);
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ < 0) {
    throw std::system_error(errno, std::generic_category(), "cannot start a worker");
  }
  if (pid_ == 0) {
    become_worker(parent);
    ours.reset();
    for (const int other : others) close(other);
    serve(theirs.get(), work);
    _exit(0);
  }
  socket_ = std::move(ours);
}

Worker::~Worker() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  reap();
}

void Worker::begin(Task task, DrillKey key) {
  key_ = key;
  received_.clear();
  const Order order{task, key};
  // If it has died meanwhile, answer() finds out.
  send_all(socket_.get(), &order, sizeof(order));
}

std::optional<DrillResult> Worker::answer(Duration wall) {
  std::array<char, 4096> buffer;
  const ssize_t size = recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (size < 0 && (errno == EINTR || errno == EAGAIN)) return std::nullopt;
  if (size <= 0) return died(wall);
  received_.append(buffer.data(), static_cast<std::size_t>(size));
  if (!received_.ends_with('\n')) return std::nullopt;
  const auto entry = from_line(received_);
  CHECK(entry && std::holds_alternative<DrillResult>(*entry));
  DrillResult result = std::get<DrillResult>(*entry);
  if (result.ending == Ending::crash) result.wall = wall;
  return result;
}

DrillResult Worker::died(Duration wall) { return crashed(key_, "its process " + reap(), wall); }

DrillResult Worker::give_up(const std::string& why, Duration wall) {
  kill(pid_, SIGKILL);
  reap();
  return crashed(key_, why, wall);
}

std::string Worker::reap() {
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  if (!WIFSIGNALED(status)) {
    return "ended with exit code " + std::to_string(WEXITSTATUS(status));
  }
  const int signal = WTERMSIG(status);
  const char* name = sigabbrev_np(signal);  // none of a real-time signal
  return "was ended by " +
         (name == nullptr ? "signal " + std::to_string(signal) : "SIG" + std::string(name));
}

}  // namespace aftershock::sweep
