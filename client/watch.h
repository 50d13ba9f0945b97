// A run while it goes on: redrawn for a person, a line for each change in a log.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "client/delta_client.h"
#include "client/views.h"
#include "platform/console.h"

namespace delta::client {

/// Draws what it is told, with the time that passed. Times are of the watcher's own clock.
class WatchDisplay {
 public:
  WatchDisplay(Console console, Duration now) : console_(console), begin_(now) {}

  void show(const RunView& run, Duration now);
  /// The view stays as it is: before anything else is printed.
  void leave() { drawn_ = 0; }

 private:
  struct Seen {
    std::string state;
    std::uint16_t attempts = 0;
    Duration since{};
  };

  void note_changes(const RunView& run, Duration now);
  std::string change_text(Duration now, std::string_view what, std::string_view state,
                          std::uint16_t attempts) const;
  void redraw(const RunView& run, Duration now);
  std::string job_line(const RunView& run, std::size_t job, Duration now) const;
  /// The jobs that fit on the screen: those that go on, then those that ended, then the rest.
  std::vector<std::size_t> shown_jobs(const RunView& run) const;

  Console console_;
  Duration begin_;
  std::string run_state_;
  std::vector<Seen> jobs_;
  std::size_t drawn_ = 0;  ///< lines on the screen that the next view replaces
};

struct WatchTools {
  std::function<Duration()> now;  ///< monotonic
  std::function<void(Duration)> sleep;
  Duration interval = 1s;
};

/// Until the run is over; then its last state.
Outcome<RunState> watch(DeltaClient& client, RunId run, WatchDisplay& display,
                        const WatchTools& tools);

}  // namespace delta::client
