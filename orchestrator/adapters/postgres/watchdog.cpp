#include "orchestrator/adapters/postgres/watchdog.h"

#include <sys/socket.h>

#include <chrono>

namespace delta::postgres {

namespace {

using Steady = std::chrono::steady_clock;

MonoTime now() { return MonoTime(Steady::now().time_since_epoch()); }

}  // namespace

Watchdog::Watchdog() : thread_([this] { run(); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  woken_.notify_all();
  thread_.join();
}

Watchdog::Watch::Watch(Watchdog& dog, int socket, Duration timeout) : dog_(dog) {
  const std::lock_guard lock(dog_.mutex_);
  entry_ = dog_.sockets_.emplace(now() + timeout, socket);
  // Timeouts are alike, so nearly always there is an earlier one, for which the thread waits.
  if (entry_ == dog_.sockets_.begin()) dog_.woken_.notify_all();
}

Watchdog::Watch::~Watch() {
  const std::lock_guard lock(dog_.mutex_);
  dog_.sockets_.erase(entry_);
}

void Watchdog::run() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    const MonoTime present = now();
    MonoTime next = kNoDeadline;
    for (auto& [deadline, socket] : sockets_) {
      if (socket < 0) continue;
      if (deadline > present) {
        next = deadline;
        break;
      }
      ::shutdown(socket, SHUT_RDWR);
      socket = -1;
    }
    if (next == kNoDeadline) {
      woken_.wait(lock);
    } else {
      woken_.wait_until(lock, Steady::time_point(next.time_since_epoch()));
    }
  }
}

}  // namespace delta::postgres
