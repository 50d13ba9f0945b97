// Exclusive row locks with first-come-first-served waiters, as FOR UPDATE and unique indexes
// take them.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "core/ids.h"
#include "core/time.h"

namespace aftershock::sim {

/// A connection's process on the database server. Never used twice.
enum class BackendId : std::uint64_t {};

/// What is locked, in the order in which every transaction locks.
/// A run's fire is only ever inserted.
enum class LockKind : std::uint8_t { operation, schedule, run, fire, job, attempt, control };

struct LockKey {
  LockKind kind = LockKind::control;
  std::uint64_t hi = 0;
  std::uint64_t lo = 0;
  std::uint32_t job = 0;
  delta::DbTime fire_at{};

  static LockKey of(delta::OperationId id) { return {LockKind::operation, id.hi, id.lo, 0}; }
  static LockKey of(delta::RunId id) { return {LockKind::run, id.hi, id.lo, 0}; }
  static LockKey of(delta::RunId id, std::uint32_t job) {
    return {LockKind::job, id.hi, id.lo, job};
  }
  static LockKey of(delta::AttemptId id) { return {LockKind::attempt, id.hi, id.lo, 0}; }
  static LockKey of(delta::ScheduleId id) { return {LockKind::schedule, id.hi, id.lo, 0}; }
  static LockKey of(delta::ScheduleId id, delta::DbTime fire_at) {
    return {LockKind::fire, id.hi, id.lo, 0, fire_at};
  }
  static LockKey of_control() { return {}; }

  friend auto operator<=>(const LockKey&, const LockKey&) = default;
};

/// Remembers who holds and who waits; what waiting means is up to the caller.
class LockTable {
 public:
  enum class Result : std::uint8_t { taken, already_held, held_by_another };

  /// Takes the lock if it is free.
  Result take(const LockKey& key, BackendId taker);
  /// Puts `waiter` at the end of the queue for a lock that another holds. False, and nothing
  /// done: it would wait for itself, over any number of others.
  bool wait(const LockKey& key, BackendId waiter);
  /// Leaves the queue that it waits in, if any.
  void stop_waiting(BackendId waiter);
  /// Hands the lock to the first waiter, who is returned.
  std::optional<BackendId> release(const LockKey& key);
  /// None holds it: nothing.
  std::optional<BackendId> holder(const LockKey& key) const;
  bool is_waiting(BackendId waiter) const { return waiting_.contains(waiter); }
  void clear();

 private:
  struct Lock {
    BackendId holder{};
    std::vector<BackendId> waiters;
  };

  std::map<LockKey, Lock> locks_;         ///< only what is held
  std::map<BackendId, LockKey> waiting_;  ///< each waits for one lock at a time
};

}  // namespace aftershock::sim
