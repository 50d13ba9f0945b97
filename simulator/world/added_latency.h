// What faults add to each piece of a server's work. Draws nothing while nothing is added.
#pragma once

#include "core/rng.h"

namespace aftershock::sim {

class AddedLatency {
 public:
  explicit AddedLatency(delta::Rng rng) : rng_(rng) {}

  /// Each piece takes `latency` longer, and up to `jitter` more. Several add up.
  void add(delta::Duration latency, delta::Duration jitter) {
    latency_ += latency;
    jitter_ += jitter;
  }
  /// Takes back one add() with the same arguments.
  void remove(delta::Duration latency, delta::Duration jitter) {
    CHECK(latency <= latency_ && jitter <= jitter_);
    add(-latency, -jitter);
  }

  bool on() const { return latency_ > delta::Duration(0) || jitter_ > delta::Duration(0); }
  /// Of one piece of work. Only while on().
  delta::Duration draw() { return latency_ + rng_.between(delta::Duration(0), jitter_); }

 private:
  delta::Rng rng_;
  delta::Duration latency_{};
  delta::Duration jitter_{};
};

}  // namespace aftershock::sim
