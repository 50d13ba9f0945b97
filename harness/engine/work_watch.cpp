#include "harness/engine/work_watch.h"

#include <algorithm>

namespace aftershock {

using namespace std::chrono_literals;

namespace {

constexpr delta::Duration kLook = 1s;

}  // namespace

void WorkWatch::start() {
  context_.tasks.spawn("watch", [this] { watch_loop(); });
}

bool WorkWatch::all_progressing() const {
  return std::ranges::all_of(faults_.touched(), [this](const TouchedWork& work) {
    return context_.cluster.is_progressing(work);
  });
}

void WorkWatch::watch_loop() {
  // Nothing can be over before the last fault begins.
  const delta::Duration begin = std::ranges::max(context_.scenario.faults, {}, &FaultSpec::at).at;
  if (!context_.watch_stop.sleep_until(context_.zero + begin + 1ms)) return;
  delta::Duration previous = begin;
  while (!progressing_ || !drained_) {
    const delta::Duration now = context_.since_zero();
    if (all_progressing()) {
      if (!progressing_) progressing_ = Bounds{previous, now};
    } else {
      progressing_.reset();  // it stopped again: only the last recovery counts
    }
    const auto end = faults_.over();
    if (!drained_ && end && now > *end && context_.cluster.open_runs(context_.zero + *end) == 0) {
      drained_ = Bounds{std::max(previous, *end), now};
    }
    previous = now;
    if (!context_.watch_stop.sleep_until(context_.now() + kLook)) return;
  }
}

}  // namespace aftershock
