#include "harness/trace/divergence.h"

#include <algorithm>
#include <ranges>

#include "reports/text.h"

namespace aftershock {

namespace {

class Explanation {
 public:
  Explanation(const RecordedRun& left, const RecordedRun& right, const DivergenceOptions& options)
      : left_(left), right_(right), options_(options) {}

  std::string text(std::uint64_t step) {
    head(step);
    const std::uint64_t first = step > options_.steps ? step - options_.steps : 1;
    add("", "steps in both, up to it:");
    for (std::uint64_t number = first; number < step; ++number) add_step("both", left_, number);
    add("", "");
    steps_of("left", left_, step);
    steps_of("right", right_, step);
    add("", "");
    events(step);
    return text_;
  }

 private:
  void head(std::uint64_t step) {
    add("", "The runs part at step " + std::to_string(step) + ", " + time_of(step) + ".");
    for (const auto& [side, run] : {std::pair{"left", &left_}, std::pair{"right", &right_}}) {
      add(side, one_line(run->name) + ": " + std::to_string(run->steps.steps().size()) +
                    " steps, digest " + run->report.digest);
    }
    add("", "");
  }

  std::string time_of(std::uint64_t step) const {
    const RecordedRun& longer = step <= left_.steps.steps().size() ? left_ : right_;
    const sim::SimTime time = longer.steps.steps().at(step - 1).time;
    return delta::format_seconds(time.time_since_epoch() + longer.trace.begin) + " from time 0";
  }

  /// A line of at most the width, with the side that it tells of.
  void add(const std::string& side, const std::string& line) {
    text_ += cut(side.empty() ? line : "  " + padded(side, 7) + line, options_.width) + "\n";
  }

  void add_step(const char* side, const RecordedRun& run, std::uint64_t number) {
    const auto& steps = run.steps.steps();
    if (number > steps.size())
      return add(side, "(ends after " + std::to_string(steps.size()) + " steps)");
    add(side, run.steps.describe(steps[number - 1], sim::SimTime(-run.trace.begin)));
  }

  void steps_of(const char* side, const RecordedRun& run, std::uint64_t step) {
    const std::uint64_t end =
        std::min<std::uint64_t>(step + options_.steps, run.steps.steps().size() + 1);
    for (std::uint64_t number = step; number < std::max(end, step + 1); ++number) {
      add_step(side, run, number);
    }
  }

  using Events = std::ranges::subrange<std::vector<TraceEvent>::const_iterator>;

  static std::string told(const TraceEvent& event) {
    const std::string subject = subject_of(event);
    return (subject.empty() ? "" : subject + " ") + one_line(event.text);
  }
  static bool same(const TraceEvent& a, const TraceEvent& b) {
    return a.at == b.at && a.step == b.step && a.kind == b.kind && place_of(a) == place_of(b) &&
           told(a) == told(b);
  }

  /// The events may part sooner than the steps: what a fiber does between two of its suspensions
  /// is one step.
  void events(std::uint64_t step) {
    const auto& a = left_.trace.events;
    const auto& b = right_.trace.events;
    const auto end = std::ranges::lower_bound(a, step, {}, &TraceEvent::step);
    const auto [in_a, in_b] = std::mismatch(a.begin(), end, b.begin(), b.end(), same);
    const auto most = static_cast<std::ptrdiff_t>(options_.events);
    add("", "events in both, up to it:");
    add_events("both", {in_a - std::min(in_a - a.begin(), most), in_a});
    add("", "");
    add_events("left", {in_a, in_a + std::min(a.end() - in_a, most)});
    add_events("right", {in_b, in_b + std::min(b.end() - in_b, most)});
  }

  void add_events(const char* side, const Events& events) {
    for (const TraceEvent& event : events) {
      add(side, delta::format_seconds(event.at) + "  " + padded(place_of(event), 16) + "  " +
                    padded(name_of(event.kind), 9) + "  " + told(event));
    }
    if (events.empty()) add(side, "(none)");
  }

  const RecordedRun& left_;
  const RecordedRun& right_;
  const DivergenceOptions& options_;
  std::string text_;
};

}  // namespace

std::string explain_divergence(const RecordedRun& left, const RecordedRun& right,
                               const DivergenceOptions& options) {
  const auto divergence = first_divergence(left.steps, right.steps);
  if (!divergence) {
    return "The runs are the same: " + std::to_string(left.steps.steps().size()) +
           " steps, digest " + left.report.digest + ".\n";
  }
  return Explanation(left, right, options).text(divergence->step);
}

}  // namespace aftershock
