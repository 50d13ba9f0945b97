// Writes a drill's trace: stamps what the engine and the observers of a world tell it.
#pragma once

#include <functional>
#include <utility>

#include "reports/trace.h"

namespace aftershock {

class TraceRecorder {
 public:
  struct Moment {
    Duration at{};
    std::uint64_t step = 0;
  };

  /// `trace` is filled; it and what `now` looks at outlive the recorder.
  TraceRecorder(Trace& trace, std::function<Moment()> now) : trace_(trace), now_(std::move(now)) {}

  /// As of now. The index in the trace's events is for event().
  std::size_t add(TraceEvent event) {
    const Moment moment = now_();
    event.at = moment.at;
    event.step = moment.step;
    trace_.events.push_back(std::move(event));
    return trace_.events.size() - 1;
  }
  /// To add what was learned later.
  TraceEvent& event(std::size_t index) { return trace_.events.at(index); }

 private:
  Trace& trace_;
  std::function<Moment()> now_;
};

}  // namespace aftershock
