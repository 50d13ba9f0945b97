// How far a shrinking is: one redrawn line for a person, a line now and then in a log.
#pragma once

#include <chrono>

#include "harness/cli/console.h"
#include "harness/cli/progress.h"
#include "harness/shrink/shrink.h"

namespace aftershock::cli {

class ShrinkDisplay {
 public:
  static constexpr std::chrono::seconds kLogInterval{10};

  /// `clock` is real time, only to bound how often a line is shown.
  ShrinkDisplay(Console console, ProgressDisplay::Clock clock)
      : console_(console), clock_(std::move(clock)), next_(clock_() + first_wait()) {}

  void update(const shrink::Step& step);
  /// Takes the line off the screen: call it before anything else is printed.
  void clear();

 private:
  std::chrono::steady_clock::duration first_wait() const;

  Console console_;
  ProgressDisplay::Clock clock_;
  std::chrono::steady_clock::time_point next_;
  bool drawn_ = false;
};

}  // namespace aftershock::cli
