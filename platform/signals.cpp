#include "platform/signals.h"

#include <pthread.h>

#include "core/check.h"

namespace delta {

Signals::Signals(std::initializer_list<int> signals) : set_() {
  sigemptyset(&set_);
  for (const int signal : signals) sigaddset(&set_, signal);
  CHECK(pthread_sigmask(SIG_BLOCK, &set_, nullptr) == 0);
  ::signal(SIGPIPE, SIG_IGN);
}

int Signals::wait() const {
  int signal = 0;
  while (sigwait(&set_, &signal) != 0) {
  }
  return signal;
}

std::optional<int> Signals::wait_for(Duration patience) const {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(patience);
  const timespec time{.tv_sec = seconds.count(), .tv_nsec = (patience - seconds).count()};
  const int signal = sigtimedwait(&set_, nullptr, &time);
  return signal > 0 ? std::optional(signal) : std::nullopt;
}

}  // namespace delta
