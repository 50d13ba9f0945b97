// How far a sweep is: one redrawn line for a person, a line now and then in a log.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "core/time.h"
#include "harness/cli/console.h"
#include "harness/sweep/sweep.h"

namespace aftershock::cli {

class SweepProgress {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;
  static constexpr std::chrono::milliseconds kRedrawInterval{250};
  static constexpr std::chrono::seconds kLogInterval{30};

  SweepProgress(Console console, bool silent, std::optional<delta::Duration> budget, Clock clock);

  void update(const sweep::SweepStatus& status);
  /// Takes the line off the screen: call it before anything else is printed.
  void clear();

 private:
  Console console_;
  bool silent_;
  std::optional<delta::Duration> budget_;
  Clock clock_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point next_;
};

/// "1,234/5,000 drills, 57.3/s, 0 failed, marks 17/18, 1m12s left".
std::string status_text(const sweep::SweepStatus& status, std::optional<delta::Duration> budget);

}  // namespace aftershock::cli
