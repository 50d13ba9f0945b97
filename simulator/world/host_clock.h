// The monotonic clock of a simulated host: virtual time, unless it drifts or has jumped.
#pragma once

#include <cstdint>

#include "core/time.h"
#include "simulator/kernel/kernel.h"

namespace aftershock::sim {

struct ClockTag;

/// Where fibers wait for a notification or for a time of their host's clock.
class ClockQueue : private Link<ClockTag> {
 public:
  void notify_one() { fibers_.notify_one(); }
  void notify_all() { fibers_.notify_all(); }

 private:
  friend class HostClock;

  WaitQueue fibers_;
};

class HostClock {
 public:
  explicit HostClock(Kernel& kernel) : kernel_(kernel) {}
  HostClock(const HostClock&) = delete;
  HostClock& operator=(const HostClock&) = delete;

  delta::MonoTime now() const {
    const delta::Duration elapsed = kernel_.now() - since_;
    return shown_then_ + (drift_ppm_ == 0 ? elapsed : scaled(elapsed));
  }
  /// now() for a process: what a process has seen is the proof that a clock was wrong.
  delta::MonoTime read() {
    const delta::MonoTime time = now();
    if (is_off_) [[unlikely]]
      note_read(time);
    return time;
  }
  /// When the clock will show `time`, if nothing changes it; may be past.
  SimTime to_sim(delta::MonoTime time) const;

  /// Suspends. True: notified, or the clock was changed, so that `deadline` is another virtual time
  /// now. False: the deadline has passed, or the process was killed.
  bool wait(ClockQueue& queue, delta::MonoTime deadline) { return wait(queue, to_sim(deadline)); }
  bool wait(ClockQueue& queue, SimTime deadline) {
    if (!queue.linked()) waiting_.push_back(queue);
    return kernel_.wait(queue.fibers_, deadline);
  }

  // Faults. Whoever waits for a time of this clock looks at it again.
  /// From now on it gains so many microseconds a second, or loses them. Several add up.
  void add_drift(std::int64_t ppm);
  /// Forward only: a monotonic clock never goes back. It stays ahead.
  void jump(delta::Duration by);

  // Evidence: reads of processes while it did not show virtual time, and how far ahead of it the
  // last of them was.
  std::uint64_t wrong_reads() const { return wrong_reads_; }
  delta::Duration last_error() const { return last_error_; }

 private:
  delta::Duration scaled(delta::Duration elapsed) const;
  void note_read(delta::MonoTime time);
  void rebase();
  void changed();

  Kernel& kernel_;
  SimTime since_{};               ///< the last change, when it
  delta::MonoTime shown_then_{};  ///< showed this
  std::int64_t drift_ppm_ = 0;
  bool is_off_ = false;
  std::uint64_t wrong_reads_ = 0;
  delta::Duration last_error_{};
  Link<ClockTag> waiting_;
};

}  // namespace aftershock::sim
