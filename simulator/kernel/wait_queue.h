// Where fibers wait for each other: the one primitive that locks, channels and futures build on.
#pragma once

#include <cstddef>

#include "simulator/kernel/link.h"

namespace aftershock::sim {

struct WaitTag;

/// A list of the fibers that wait in Kernel::wait(), first come, first served. It may go while
/// fibers wait in it: they then wait for their deadlines.
class WaitQueue {
 public:
  WaitQueue() = default;

  /// Makes the first waiter ready. It runs when chosen, not now. False: there was none.
  /// Allowed anywhere: in fibers, events and outside run().
  bool notify_one();
  /// Makes all waiters ready; returns how many.
  std::size_t notify_all();

  bool empty() const { return !waiters_.linked(); }

 private:
  friend class Kernel;

  Link<WaitTag> waiters_;
};

}  // namespace aftershock::sim
