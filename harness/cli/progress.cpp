#include "harness/cli/progress.h"

#include <algorithm>
#include <utility>

#include "reports/figures.h"
#include "reports/terminal.h"
#include "reports/text.h"

namespace aftershock::cli {

using delta::Duration;

std::string progress_bar(Duration elapsed, Duration expected, std::size_t width) {
  const std::int64_t inside = std::max<std::int64_t>(static_cast<std::int64_t>(width) - 2, 3);
  const std::int64_t step = std::max<std::int64_t>(expected.count() / inside, 1);
  const auto done =
      static_cast<std::size_t>(std::clamp<std::int64_t>(elapsed.count() / step, 0, inside));
  std::string bar(done, '=');
  if (done < static_cast<std::size_t>(inside)) bar += '>';
  return "[" + padded(bar, static_cast<std::size_t>(inside)) + "]";
}

ProgressDisplay::ProgressDisplay(Console console, bool silent, std::size_t drills, Clock clock)
    : console_(console), silent_(silent), drills_(drills), clock_(std::move(clock)) {}

void ProgressDisplay::start(const std::string& drill) {
  ++number_;
  drill_ = one_line(drill);
}

void ProgressDisplay::update(const Progress& progress) {
  if (silent_ || !console_.terminal) return;
  const auto now = clock_();
  if (drawn_ && now < next_draw_) return;
  next_draw_ = now + kRedrawInterval;
  draw(progress);
}

void ProgressDisplay::draw(const Progress& progress) {
  constexpr std::size_t bar_width = 22;
  const std::string line = progress_bar(progress.elapsed, progress.expected, bar_width) +
                           " drill " + std::to_string(number_) + "/" + std::to_string(drills_) +
                           " " + drill_ + ": " + std::string(progress.phase) + ", " +
                           rounded_down(progress.elapsed) + " simulated";
  console_.stream << "\r\033[K" << cut(line, console_.width - 1) << std::flush;
  drawn_ = true;
}

void ProgressDisplay::finish(const DrillReport& report) {
  if (silent_ || console_.terminal) return;
  console_.stream << "drill " << number_ << "/" << drills_ << " " << drill_ << ": "
                  << verdict_text(report.verdict, false) << ", RTA " << format_recovery(report.rto)
                  << " " << one_line(report.world) << std::endl;
}

void ProgressDisplay::clear() {
  if (drawn_) console_.stream << "\r\033[K" << std::flush;
  drawn_ = false;
}

}  // namespace aftershock::cli
