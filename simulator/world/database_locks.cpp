// The lock table and its search for deadlocks.
#include "simulator/world/database_locks.h"

#include "core/check.h"

namespace aftershock::sim {

LockTable::Result LockTable::take(const LockKey& key, BackendId taker) {
  const auto [at, free] = locks_.try_emplace(key, Lock{taker, {}});
  if (free) return Result::taken;
  return at->second.holder == taker ? Result::already_held : Result::held_by_another;
}

bool LockTable::wait(const LockKey& key, BackendId waiter) {
  // All locks are exclusive and everyone waits for one at a time, so "waits for" is a chain. Who
  // is ahead in a queue waits for the same holder and adds nothing to it.
  for (auto blocker = holder(key); blocker;) {
    if (*blocker == waiter) return false;
    const auto next = waiting_.find(*blocker);
    if (next == waiting_.end()) break;
    blocker = holder(next->second);
  }
  locks_.at(key).waiters.push_back(waiter);
  CHECK(waiting_.emplace(waiter, key).second);
  return true;
}

void LockTable::stop_waiting(BackendId waiter) {
  const auto found = waiting_.find(waiter);
  if (found == waiting_.end()) return;
  std::erase(locks_.at(found->second).waiters, waiter);
  waiting_.erase(found);
}

std::optional<BackendId> LockTable::release(const LockKey& key) {
  const auto found = locks_.find(key);
  CHECK(found != locks_.end());
  Lock& lock = found->second;
  if (lock.waiters.empty()) {
    locks_.erase(found);
    return std::nullopt;
  }
  lock.holder = lock.waiters.front();
  lock.waiters.erase(lock.waiters.begin());
  waiting_.erase(lock.holder);
  return lock.holder;
}

std::optional<BackendId> LockTable::holder(const LockKey& key) const {
  const auto found = locks_.find(key);
  if (found == locks_.end()) return std::nullopt;
  return found->second.holder;
}

void LockTable::clear() {
  locks_.clear();
  waiting_.clear();
}

}  // namespace aftershock::sim
