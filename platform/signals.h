// Signals as something to wait for.
#pragma once

#include <signal.h>
#include <initializer_list>
#include <optional>

#include "core/time.h"

namespace delta {

/// Made by main before any thread: then no thread is interrupted by these signals. SIGPIPE is
/// ignored for good.
class Signals {
 public:
  explicit Signals(std::initializer_list<int> signals);

  /// Blocks until one of them has come, and says which.
  int wait() const;
  /// None when the time is over.
  std::optional<int> wait_for(Duration patience) const;

 private:
  sigset_t set_;
};

}  // namespace delta
