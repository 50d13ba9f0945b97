#include "harness/cli/sweep_progress.h"

#include <algorithm>
#include <utility>

#include "harness/cli/progress.h"
#include "reports/sweep_words.h"
#include "reports/text.h"

namespace aftershock::cli {

using delta::Duration;

namespace {

/// Tenths of drills a second.
std::uint64_t rate_of(const sweep::SweepStatus& status) {
  const auto elapsed_ms = std::chrono::duration_cast<std::chrono::milliseconds>(status.elapsed);
  return status.new_drills * 10'000 /
         static_cast<std::uint64_t>(std::max<std::int64_t>(elapsed_ms.count(), 1));
}

/// Whichever comes first: the end of the drills, at this rate, or of the time.
std::optional<Duration> time_left(const sweep::SweepStatus& status,
                                  std::optional<Duration> budget) {
  std::optional<Duration> left;
  if (budget) left = std::max(*budget - status.elapsed, Duration{});
  if (status.planned && status.new_drills > 0) {
    const auto todo = static_cast<std::int64_t>(*status.planned - status.tally.counts().drills);
    const Duration each = status.elapsed / static_cast<std::int64_t>(status.new_drills);
    left = std::min(left.value_or(Duration::max()), each * todo);
  }
  return left;
}

std::string bar(const sweep::SweepStatus& status, std::optional<Duration> budget) {
  constexpr std::size_t width = 22;
  const auto left = time_left(status, budget);
  return left ? progress_bar(status.elapsed, status.elapsed + *left, width) + " " : "";
}

}  // namespace

std::string status_text(const sweep::SweepStatus& status, std::optional<Duration> budget) {
  const SweepCounts& counts = status.tally.counts();
  const std::uint64_t tenths = rate_of(status);
  std::string text = grouped(counts.drills);
  if (status.planned) text += "/" + grouped(*status.planned);
  text += " drills, " + grouped(tenths / 10) + "." + std::to_string(tenths % 10) + "/s, " +
          grouped(counts.failed + counts.crashed + counts.nondeterministic) + " failed";
  if (counts.inconclusive > 0) text += ", " + grouped(counts.inconclusive) + " inconclusive";
  text += ", marks " + std::to_string(status.tally.reached_marks()) + "/" +
          std::to_string(status.tally.claimed_marks());
  if (const auto left = time_left(status, budget)) {
    text += ", " + delta::format_duration(std::chrono::ceil<std::chrono::seconds>(*left)) + " left";
  }
  return text;
}

SweepProgress::SweepProgress(Console console, bool silent, std::optional<Duration> budget,
                             Clock clock)
    : console_(console),
      silent_(silent && !console.terminal),
      budget_(budget),
      clock_(std::move(clock)),
      next_(clock_() + (console.terminal ? Duration{} : Duration(kLogInterval))) {}

void SweepProgress::update(const sweep::SweepStatus& status) {
  const auto now = clock_();
  if (silent_ || now < next_) return;
  next_ = now + (console_.terminal ? Duration(kRedrawInterval) : Duration(kLogInterval));
  const std::string text = status_text(status, budget_);
  if (!console_.terminal) {
    console_.stream << "sweep: " << text << std::endl;
    return;
  }
  console_.stream << "\r\033[K" << cut(bar(status, budget_) + text, console_.width - 1)
                  << std::flush;
  drawn_ = true;
}

void SweepProgress::clear() {
  if (drawn_) console_.stream << "\r\033[K" << std::flush;
  drawn_ = false;
}

}  // namespace aftershock::cli
