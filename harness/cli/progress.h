// How far the drills are: one redrawn line for a person, a line for each finished drill in a log.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

#include "harness/cli/console.h"
#include "harness/drill.h"

namespace aftershock::cli {

class ProgressDisplay {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;
  static constexpr std::chrono::milliseconds kRedrawInterval{100};

  /// `clock` is real time, only to bound how often the line is redrawn. `silent` shows nothing.
  ProgressDisplay(Console console, bool silent, std::size_t drills, Clock clock);

  void start(const std::string& drill);
  void update(const Progress& progress);
  void finish(const DrillReport& report);
  /// Takes the line off the screen: call it before anything else is printed.
  void clear();

 private:
  void draw(const Progress& progress);

  Console console_;
  bool silent_;
  std::size_t drills_;
  Clock clock_;
  std::size_t number_ = 0;  ///< of the drill that runs, from 1
  std::string drill_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point next_draw_{};
};

/// "[=====>    ]", `width` characters wide, at least three of them inside.
std::string progress_bar(delta::Duration elapsed, delta::Duration expected, std::size_t width);

}  // namespace aftershock::cli
