// What a process gets from the world it runs in: time, tasks, waiting and randomness.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>

#include "core/ids.h"
#include "core/time.h"

namespace delta {

/// Thread: any. The process's own monotonic clock.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual MonoTime now() const = 0;
  /// Suspends. Returns at once if the time has passed.
  virtual void sleep_until(MonoTime time) = 0;
};

/// A mutex with one condition. Meets BasicLockable: use std::unique_lock<Monitor>.
/// Nothing may suspend while it is held, except wait_until(). Reading the clock does not suspend.
class Monitor {
 public:
  virtual ~Monitor() = default;
  virtual void lock() = 0;
  virtual void unlock() = 0;
  /// Suspends. Called with the lock held; releases it while waiting and holds it again afterwards.
  /// May wake without cause: check the condition. False when `deadline` has passed.
  virtual bool wait_until(MonoTime deadline) = 0;
  virtual void notify_one() = 0;
  virtual void notify_all() = 0;
};
using Lock = std::unique_lock<Monitor>;

/// Tasks of one process: fibers in the simulator, threads in the live world.
class Tasks {
 public:
  virtual ~Tasks() = default;
  /// Runs `body` beside the caller. Does not suspend. An exception that leaves `body` ends the
  /// process, as std::terminate would.
  virtual void spawn(std::string_view name, std::function<void()> body) = 0;
  virtual std::unique_ptr<Monitor> make_monitor() = 0;
};

/// Random numbers fit for secrets in the live world, seeded in the simulator.
class Random {
 public:
  virtual ~Random() = default;
  virtual std::uint64_t next() = 0;
};

template <class AnyId>
AnyId random_id(Random& random) {
  AnyId id;
  id.hi = random.next();
  id.lo = random.next();
  return id;
}

/// The runtime of one process, handed to its constructors.
struct Runtime {
  Clock& clock;
  Tasks& tasks;
  Random& random;
};

}  // namespace delta
