#include "client/watch.h"

#include <algorithm>

#include "core/columns.h"

namespace delta::client {

namespace {

constexpr std::size_t kStateColumn = 16;  // "cancel_requested"
constexpr std::size_t kWidestName = 32;
constexpr std::size_t kNarrowestName = 12;
/// Of the screen: the run's line, the line about the rest, and the prompt.
constexpr std::size_t kOtherLines = 3;

constexpr std::string_view kEraseLine = "\x1b[K";
constexpr std::string_view kEraseBelow = "\x1b[J";

std::string name_of_job(const RunView& run, std::size_t job) {
  const bool known = run.spec != nullptr && job < run.spec->jobs.size();
  return known ? one_line(run.spec->jobs[job].name) : std::to_string(job);
}

std::string name_of_run(const RunView& run) {
  const bool named = run.spec != nullptr && !run.spec->name.empty();
  return "run " + short_name(run.id) + (named ? " " + one_line(run.spec->name) : "");
}

std::string whole_seconds(Duration duration) {
  return format_duration(
      std::chrono::floor<std::chrono::seconds>(std::max<Duration>(duration, 0s)));
}

/// What a person looks for first.
int rank(const JobView& job) {
  if (is_live(job.attempt) && job.state == JobState::open) return 0;
  if (job.state == JobState::failed || job.state == JobState::timed_out) return 1;
  if (job.attempt == AttemptState::queued && job.state == JobState::open) return 2;
  return job.state == JobState::open ? 3 : 4;
}

}  // namespace

void WatchDisplay::show(const RunView& run, Duration now) {
  jobs_.resize(run.jobs.size());
  note_changes(run, now);
  if (console_.terminal) redraw(run, now);
  console_.stream.flush();
}

void WatchDisplay::note_changes(const RunView& run, Duration now) {
  const bool log = !console_.terminal;
  for (std::size_t i = 0; i < run.jobs.size(); ++i) {
    const std::string_view state = state_of(run.jobs[i]);
    Seen& seen = jobs_[i];
    if (seen.state == state && seen.attempts == run.jobs[i].attempts) continue;
    const bool first = seen.state.empty();
    seen = {std::string(state), run.jobs[i].attempts, now};
    // What waits for others has not done anything yet.
    if (log && !(first && run.jobs[i].attempt == AttemptState::waiting)) {
      console_.stream << change_text(now, name_of_job(run, i), state, run.jobs[i].attempts);
    }
  }
  const std::string_view state = name_of(run.state);
  if (state == run_state_) return;
  run_state_ = state;
  if (!log) return;
  const std::string words = is_terminal(run.state)
                                ? ending_text(run.state, run.submitted_at, run.finished_at)
                                : std::string(state);
  console_.stream << change_text(now, name_of_run(run), words, 0);
}

std::string WatchDisplay::change_text(Duration now, std::string_view what, std::string_view state,
                                      std::uint16_t attempts) const {
  std::string line =
      padded(whole_seconds(now - begin_), 8) + std::string(what) + ": " + std::string(state);
  if (attempts > 1) line += ", attempt " + std::to_string(attempts);
  return line + "\n";
}

std::vector<std::size_t> WatchDisplay::shown_jobs(const RunView& run) const {
  std::vector<std::size_t> order(run.jobs.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const std::size_t room = std::max<std::size_t>(console_.height, kOtherLines + 1) - kOtherLines;
  if (order.size() <= room) return order;
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return rank(run.jobs[i]); });
  order.resize(room);
  std::ranges::sort(order);
  return order;
}

std::string WatchDisplay::job_line(const RunView& run, std::size_t job, Duration now) const {
  std::size_t widest = kNarrowestName;
  for (std::size_t i = 0; i < run.jobs.size(); ++i) {
    widest = std::max(widest, text_width(name_of_job(run, i)));
  }
  widest = std::min(widest, kWidestName);
  const Seen& seen = jobs_[job];
  const std::string name = padded(cut(name_of_job(run, job), widest), widest);
  std::string rest = "  attempt " + padded(std::to_string(seen.attempts), 3);
  if (!is_terminal(run.jobs[job].state) && is_live(run.jobs[job].attempt)) {
    rest += "  " + whole_seconds(now - seen.since);
  }
  if (seen.attempts == 0) rest.clear();
  const std::size_t used = 2 + kStateColumn + 2;
  const std::string words = cut(name + rest, std::max(console_.width, used + 4) - used);
  return "  " + coloured(padded(seen.state, kStateColumn), seen.state, console_.colour) + "  " +
         words.substr(0, words.find_last_not_of(' ') + 1);
}

void WatchDisplay::redraw(const RunView& run, Duration now) {
  std::string text;
  if (drawn_ > 0) text += "\x1b[" + std::to_string(drawn_) + "A\r";
  const bool over = is_terminal(run.state);
  const std::string ending = over ? ending_text(run.state, run.submitted_at, run.finished_at)
                                  : run_state_ + " " + whole_seconds(now - begin_);
  const std::size_t room = std::max(console_.width, ending.size() + 7) - ending.size() - 2;
  text += cut(name_of_run(run), room) + "  " + coloured(ending, run_state_, console_.colour) +
          std::string(kEraseLine) + "\n";
  const std::vector<std::size_t> shown = shown_jobs(run);
  for (const std::size_t job : shown) {
    text += job_line(run, job, now) + std::string(kEraseLine) + "\n";
  }
  drawn_ = shown.size() + 1;
  if (shown.size() < run.jobs.size()) {
    text += "  and " + std::to_string(run.jobs.size() - shown.size()) + " other jobs" +
            std::string(kEraseLine) + "\n";
    ++drawn_;
  }
  console_.stream << text << kEraseBelow;
}

Outcome<RunState> watch(DeltaClient& client, RunId run, WatchDisplay& display,
                        const WatchTools& tools) {
  const Call get{.kind = "get_run", .path = {{"run", to_string(run)}}};
  for (;;) {
    const auto view = client.ask<RunView>(get);
    if (!view) return std::unexpected(view.error());
    display.show(*view, tools.now());
    if (is_terminal(view->state)) return view->state;
    tools.sleep(tools.interval);
  }
}

}  // namespace delta::client
