// The beginning of a transaction on the simulated database server: locks, one after another.
#include <algorithm>
#include <utility>

#include "simulator/world/database_backend.h"

namespace aftershock::sim {

using namespace delta;

namespace {

using Stage = BackendStage;

void aim_at_operations(Backend& backend) {
  for (const OperationKey& key : backend.request.operations) {
    backend.targets.push_back(LockKey::of(key.id));
  }
}

void aim_at_schedules(Backend& backend, const Tables& tables) {
  for (const ScheduleId id : backend.request.schedules) {
    if (tables.schedule(id) != nullptr) backend.targets.push_back(LockKey::of(id));
  }
}

void aim_at_runs(Backend& backend, const Tables& tables) {
  for (const RunLock& lock : backend.request.runs) {
    if (tables.run(lock.run) != nullptr) backend.targets.push_back(LockKey::of(lock.run));
  }
}

/// The jobs that the statement wants. Of runs that are there when it begins, even if they were not
/// when the runs were locked; but what skips locked rows skips the jobs of those runs.
std::vector<const Job*> wanted_jobs(const Backend& backend, const Tables& tables) {
  const bool skips = backend.request.on_locked == OnLocked::skip;
  std::vector<const Job*> jobs;
  for (const RunLock& lock : backend.request.runs) {
    if (lock.scope == Scope::attempt_and_run) continue;
    const Run* run = skips ? backend.opened.rows.run(lock.run) : tables.run(lock.run);
    if (run == nullptr) continue;
    const auto add = [&](std::uint32_t index) {
      if (const Job* job = tables.job(run->id, index)) jobs.push_back(job);
    };
    if (lock.scope == Scope::run) {
      for (std::uint32_t job = 0; job < run->spec->jobs.size(); ++job) add(job);
    } else {
      CHECK(lock.scope == Scope::job);
      if (lock.job >= run->spec->jobs.size()) continue;
      add(lock.job);
      for (const std::uint32_t job : run->spec->jobs[lock.job].descendants) add(job);
    }
  }
  return jobs;
}

void aim_at_jobs(Backend& backend, const Tables& tables) {
  for (const Job* job : wanted_jobs(backend, tables)) {
    backend.targets.push_back(LockKey::of(job->run, job->index));
  }
}

void aim_at_attempts(Backend& backend, const Tables& tables) {
  const auto add = [&](AttemptId id) {
    if (tables.attempt(id) != nullptr) backend.targets.push_back(LockKey::of(id));
  };
  for (const AttemptId id : backend.request.attempts) add(id);
  if (backend.request.on_locked == OnLocked::skip) {
    for (const Job& job : backend.opened.rows.jobs) add(job.current);
  } else {
    for (const Job* job : wanted_jobs(backend, tables)) add(job->current);
  }
}

/// An insert waits for another of the same key that is not committed yet. What has no run when the
/// statement begins is not inserted.
void aim_at_inserts(Backend& backend, const Tables& tables) {
  const WriteSet& writes = backend.writes;
  const auto add = [&](RunId run, const LockKey& key) {
    if (spec_of(run, writes, tables)) {
      backend.targets.push_back(key);
    } else {
      backend.has_orphans = true;
    }
  };
  if (backend.stage == Stage::write_schedules) {
    for (const ScheduleWrite& write : writes.schedules) {
      if (!write.expected) backend.targets.push_back(LockKey::of(write.row.id));
    }
  } else if (backend.stage == Stage::write_runs) {
    for (const RunWrite& write : writes.runs) {
      if (write.expected) continue;
      const Run& row = write.row;
      backend.targets.push_back(LockKey::of(row.id));
      if (row.schedule.is_nil()) continue;
      backend.targets.push_back(LockKey::of(row.schedule, row.fire_at));
    }
  } else if (backend.stage == Stage::write_jobs) {
    for (const JobWrite& write : writes.jobs) {
      if (write.insert) add(write.row.run, LockKey::of(write.row.run, write.row.index));
    }
  } else {
    for (const AttemptWrite& write : writes.attempts) {
      if (!write.expected) add(write.row.run, LockKey::of(write.row.id));
    }
  }
}

/// What the backend locks in its stage. Each stage is a statement of its own and sees what is
/// committed when it begins: a row that is committed later is absent.
void aim(Backend& backend, const Tables& tables) {
  backend.targets.clear();
  backend.next_target = 0;
  backend.has_orphans = false;
  if (backend.stage == Stage::lock_operations) aim_at_operations(backend);
  if (backend.stage == Stage::lock_schedules) aim_at_schedules(backend, tables);
  if (backend.stage == Stage::lock_runs) aim_at_runs(backend, tables);
  if (backend.stage == Stage::lock_jobs) aim_at_jobs(backend, tables);
  if (backend.stage == Stage::lock_attempts) aim_at_attempts(backend, tables);
  if (backend.stage == Stage::lock_control && backend.request.control) {
    backend.targets.push_back(LockKey::of_control());
  }
  if (is_writing(backend.stage)) aim_at_inserts(backend, tables);
  std::ranges::sort(backend.targets);
  const auto repeated = std::unique(backend.targets.begin(), backend.targets.end());
  // A commit writes each row once.
  CHECK(!is_writing(backend.stage) || repeated == backend.targets.end());
  backend.targets.erase(repeated, backend.targets.end());
}

/// Whether the row that the key stands for is committed.
bool is_there(const LockKey& key, const Tables& tables) {
  switch (key.kind) {
    case LockKind::run: return tables.run({key.hi, key.lo}) != nullptr;
    case LockKind::job: return tables.job({key.hi, key.lo}, key.job) != nullptr;
    case LockKind::attempt: return tables.attempt({key.hi, key.lo}) != nullptr;
    case LockKind::schedule: return tables.schedule({key.hi, key.lo}) != nullptr;
    case LockKind::fire: return tables.has_fired({key.hi, key.lo}, key.fire_at);
    case LockKind::operation:
    case LockKind::control: break;
  }
  return false;
}

bool waits(const Backend& backend) {
  // A unique index knows no SKIP LOCKED.
  return backend.request.on_locked == OnLocked::wait || backend.stage == Stage::lock_operations ||
         is_writing(backend.stage);
}

}  // namespace

bool DatabaseServer::start_open(BackendId id, OpenRequest request,
                                Done<std::expected<Opened, DbError>> done) {
  Backend* backend = find_open(id);
  if (backend == nullptr) return false;
  // Somebody by hand may lock more in the same transaction.
  CHECK(backend->stage == Stage::idle && (!backend->in_transaction || backend->outsider));
  if (!backend->in_transaction) {
    backend->inserted.clear();
    backend->begun = now();
  }
  backend->in_transaction = true;
  backend->request = std::move(request);
  backend->opened = {};
  backend->on_opened = std::move(done);
  backend->keys_stored_at = now();
  if (refuses_writes(*backend)) {
    fail(*backend, {DbFailure::unavailable, kReadOnly});
    return true;
  }
  enter(*backend, Stage::lock_operations);
  settle();
  return true;
}

void DatabaseServer::enter(Backend& backend, BackendStage stage) {
  backend.stage = stage;
  aim(backend, live_.tables);
  proceed(backend);
}

/// Goes on until a lock must be waited for, or all are held.
void DatabaseServer::proceed(Backend& backend) {
  while (backend.next_target < backend.targets.size()) {
    if (!acquire(backend, backend.targets[backend.next_target])) return;
    ++backend.next_target;
  }
  if (backend.stage == Stage::lock_operations) {
    // The replies are read when all keys are there: one may have been purged by then.
    std::erase_if(backend.opened.existing, [this](const StoredOperation& stored) {
      return live_.tables.operation(stored.key.id) == nullptr;
    });
  }
  if (backend.stage == Stage::lock_control) {
    finish_open(backend);
  } else if (is_writing(backend.stage)) {
    end_writing(backend);
  } else {
    enter(backend, static_cast<Stage>(static_cast<std::uint8_t>(backend.stage) + 1));
  }
}

/// False: it waits, or the transaction has failed.
bool DatabaseServer::acquire(Backend& backend, const LockKey& key) {
  // A committed row refuses another one at once, locked or not.
  if (is_writing(backend.stage) && is_there(key, live_.tables)) return locked(backend, key);
  const LockTable::Result result = locks_.take(key, backend.id);
  if (result == LockTable::Result::already_held) return true;
  if (result == LockTable::Result::taken) {
    backend.held.push_back(key);
    return locked(backend, key);
  }
  if (!waits(backend)) {
    ++counters_.lock_skips;
    return true;
  }
  if (locks_.wait(key, backend.id)) {
    begin_wait(backend);
  } else {
    ++counters_.deadlocks;
    fail(backend, {DbFailure::conflict, "deadlock detected", Conflict::deadlock});
  }
  return false;
}

/// Reads the newest version of the row that was locked. False: the transaction has failed.
bool DatabaseServer::locked(Backend& backend, const LockKey& key) {
  if (is_writing(backend.stage)) {
    if (!is_there(key, live_.tables)) return true;
    ++counters_.rejected;
    fail(backend, {DbFailure::rejected, "duplicate key value violates unique constraint"});
    return false;
  }
  if (faults_.damaged_rows.contains(key)) {
    ++counters_.damaged;
    fail(backend, {DbFailure::rejected, kInvalidPage});
    return false;
  }
  Opened& opened = backend.opened;
  switch (key.kind) {
    case LockKind::operation: {
      const OperationId id{key.hi, key.lo};
      if (const StoredOperation* stored = live_.tables.operation(id)) {
        opened.existing.push_back(*stored);
        backend.held.pop_back();
        release(key);
      } else {
        backend.inserted.push_back(
            *std::ranges::find(backend.request.operations, id, &OperationKey::id));
      }
      break;
    }
    case LockKind::run: opened.rows.runs.push_back(*live_.tables.run({key.hi, key.lo})); break;
    case LockKind::job:
      opened.rows.jobs.push_back(*live_.tables.job({key.hi, key.lo}, key.job));
      break;
    case LockKind::attempt:
      opened.rows.attempts.push_back(*live_.tables.attempt({key.hi, key.lo}));
      break;
    case LockKind::schedule:
      opened.rows.schedules.push_back(*live_.tables.schedule({key.hi, key.lo}));
      break;
    case LockKind::control: opened.control_locked = true; break;
    case LockKind::fire: CHECK(false); break;  // nobody locks it to read
  }
  return true;
}

void DatabaseServer::begin_wait(Backend& backend) {
  ++counters_.lock_waits;
  const std::uint64_t wait = ++backend.waits;
  if (backend.outsider) return;
  kernel_.at(kernel_.now() + options_.lock_timeout, [this, id = backend.id, wait] {
    Backend* present = find_open(id);
    if (present == nullptr || present->waits != wait || !locks_.is_waiting(id)) return;
    ++counters_.lock_timeouts;
    fail(*present,
         {DbFailure::conflict, "canceling statement due to lock timeout", Conflict::lock_timeout});
    settle();
  });
}

/// The next waiter owns the lock from now on, and goes on in settle().
void DatabaseServer::release(const LockKey& key) {
  const std::optional<BackendId> next = locks_.release(key);
  if (!next) return;
  backends_.at(*next)->held.push_back(key);
  granted_.push_back(*next);
}

/// Lets those go on who were handed a lock. A loop, because one's end may be another's grant.
void DatabaseServer::settle() {
  while (!granted_.empty()) {
    Backend& backend = *backends_.at(granted_.front());
    granted_.erase(granted_.begin());
    if (!locked(backend, backend.targets[backend.next_target])) continue;
    ++backend.next_target;
    proceed(backend);
  }
}

void DatabaseServer::finish_open(Backend& backend) {
  Opened& opened = backend.opened;
  opened.control = live_.tables.control();
  opened.now = now();
  backend.clock_read = opened.now;
  backend.stage = Stage::answering;
  const std::size_t rows = opened.existing.size() + opened.rows.runs.size() +
                           opened.rows.jobs.size() + opened.rows.attempts.size() +
                           opened.rows.schedules.size();
  kernel_.at(kernel_.now() + cost(rows), [this, id = backend.id] {
    Backend* present = find_open(id);
    if (present == nullptr) return;
    become_idle(*present);
    if (!present->held.empty() && !present->outsider) {
      for (const auto& observer : observers_.opened) observer(present->client.process);
    }
    std::exchange(present->on_opened, nullptr)(std::move(present->opened));
  });
}

/// Rolls back and answers so.
void DatabaseServer::fail(Backend& backend, DbError error) {
  abort(backend);
  backend.stage = Stage::answering;
  kernel_.at(kernel_.now() + cost(0), [this, id = backend.id, error = std::move(error)] {
    Backend* present = find_open(id);
    if (present == nullptr) return;
    become_idle(*present);
    if (present->on_opened) {
      std::exchange(present->on_opened, nullptr)(std::unexpected(error));
    } else {
      std::exchange(present->on_committed, nullptr)({CommitOutcome::not_committed, error, {}});
    }
  });
}

}  // namespace aftershock::sim
