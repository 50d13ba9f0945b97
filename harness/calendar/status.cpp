#include "harness/calendar/status.h"

#include <algorithm>
#include <array>
#include <map>

#include "reports/words.h"

namespace aftershock::calendar {
namespace {

constexpr std::array<std::string_view, 5> kStates{"done", "waiting", "due", "failed", "overdue"};

Day day_of(const HistoryEntry& entry) { return std::chrono::floor<std::chrono::days>(entry.when); }

/// When it is due since, and the time before that; the same when there is no time before.
struct Window {
  Day since;
  Day before;
};

std::optional<Window> window_of(const Rhythm& rhythm, const History& history, Day today) {
  if (rhythm.every != Every::incident) {
    const Day since = last_due(rhythm, today);
    return Window{since, last_due(rhythm, since - std::chrono::days(1))};
  }
  std::optional<Window> window;
  for (const HistoryEntry& entry : history) {
    if (entry.event != Event::incident || day_of(entry) > today) continue;
    const Day day = std::max(window ? window->since : day_of(entry), day_of(entry));
    window = Window{day, day};
  }
  return window;
}

/// The last time of each part: of each scenario, or of the exercise itself.
std::map<std::string, HistoryEntry> last_of_parts(const Exercise& exercise,
                                                  const std::vector<std::string>& scenarios,
                                                  const History& history) {
  std::map<std::string, HistoryEntry> last;
  const bool by_people = scenarios.empty();
  for (const HistoryEntry& entry : history) {
    const bool ours = by_people ? entry.event == Event::exercise && entry.name == exercise.id
                                : entry.event == Event::drill &&
                                      std::ranges::find(scenarios, entry.name) != scenarios.end();
    if (!ours) continue;
    const auto [found, inserted] = last.emplace(entry.name, entry);
    if (!inserted && found->second.when <= entry.when) found->second = entry;
  }
  return last;
}

State state_of(const Rhythm& rhythm, const Window& window, const Status& status, Day today) {
  if (status.held && *status.held >= window.since) {
    return status.failing.empty() ? State::done : State::failed;
  }
  if (rhythm.every == Every::incident) {
    return today > window.since + rhythm.within ? State::overdue : State::due;
  }
  return status.held && *status.held >= window.before ? State::due : State::overdue;
}

}  // namespace

std::string_view name_of(State state) { return kStates.at(std::size_t(state)); }

Status status_of(const Exercise& exercise, const std::vector<std::string>& scenarios,
                 const History& history, Day today) {
  Status status;
  if (exercise.rhythm.every != Every::incident) status.next = next_due(exercise.rhythm, today);
  const auto window = window_of(exercise.rhythm, history, today);
  const auto last = last_of_parts(exercise, scenarios, history);
  const std::vector<std::string> parts = scenarios.empty() ? std::vector{exercise.id} : scenarios;
  for (const std::string& part : parts) {
    const auto found = last.find(part);
    if (found == last.end() || (window && day_of(found->second) < window->since)) {
      status.missing.push_back(part);
    } else if (!scenarios.empty() && found->second.verdict != name_of(Verdict::pass)) {
      status.failing.push_back(part);
    }
    if (found != last.end()) {
      status.held = std::min(status.held.value_or(day_of(found->second)), day_of(found->second));
    }
  }
  if (last.size() < parts.size()) status.held.reset();
  if (!window) {
    status.state = State::waiting;
    status.missing.clear();
    return status;
  }
  status.since = window->since;
  status.state = state_of(exercise.rhythm, *window, status, today);
  return status;
}

}  // namespace aftershock::calendar
