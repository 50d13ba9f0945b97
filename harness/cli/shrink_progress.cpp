#include "harness/cli/shrink_progress.h"

#include "core/counted.h"
#include "reports/text.h"

namespace aftershock::cli {
namespace {

std::string text_of(const shrink::Step& step) {
  const Scenario& now = step.smallest;
  return "shrinking: " + delta::counted(now.faults.size(), "fault") + ", " +
         std::to_string(now.cluster.orchestrators.count) + "+" +
         std::to_string(now.cluster.runners.count) + " processes" + ", " +
         delta::format_duration(now.observation) + "; " + delta::counted(step.drills, "drill") +
         ", last success " + std::to_string(step.since_success) + " ago; trying " +
         one_line(step.aspect);
}

}  // namespace

std::chrono::steady_clock::duration ShrinkDisplay::first_wait() const {
  if (console_.terminal) return {};
  return kLogInterval;
}

void ShrinkDisplay::update(const shrink::Step& step) {
  const auto now = clock_();
  if (now < next_) return;
  if (!console_.terminal) {
    next_ = now + kLogInterval;
    console_.stream << text_of(step) << std::endl;
    return;
  }
  next_ = now + ProgressDisplay::kRedrawInterval;
  console_.stream << "\r\033[K" << cut(text_of(step), console_.width - 1) << std::flush;
  drawn_ = true;
}

void ShrinkDisplay::clear() {
  if (drawn_) console_.stream << "\r\033[K" << std::flush;
  drawn_ = false;
}

}  // namespace aftershock::cli
