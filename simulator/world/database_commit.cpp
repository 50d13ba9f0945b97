// The end of a transaction on the simulated database server: predicates, flush, visibility.
#include <algorithm>
#include <utility>

#include "simulator/world/database_backend.h"

namespace aftershock::sim {

using namespace delta;

namespace {

/// How many values of a sequence one log record stands for; PostgreSQL's own figure.
constexpr std::uint64_t kSequenceAhead = 32;

constexpr const char* kNoRow = "the predicate matches no row";
constexpr const char* kNoRun = "violates foreign key constraint: no such run";

/// Of what a commit changed: goes into the simulation's digest.
std::uint64_t hash_of(const CommitView& view) {
  std::uint64_t hash = mix64(view.number);
  const auto add = [&hash](std::uint64_t value) { hash = mix64(hash ^ value); };
  for (const RunWrite& write : view.writes.runs) {
    add(write.row.id.lo);
    add(static_cast<std::uint64_t>(write.row.state));
  }
  for (const JobWrite& write : view.writes.jobs) {
    add(write.row.run.lo + write.row.index);
    add(static_cast<std::uint64_t>(write.row.state));
  }
  for (const AttemptWrite& write : view.writes.attempts) {
    add(write.row.id.lo);
    add(static_cast<std::uint64_t>(write.row.state));
  }
  for (const ScheduleWrite& write : view.writes.schedules) {
    add(write.row.id.lo);
    add(static_cast<std::uint64_t>(write.row.next_fire.time_since_epoch().count()));
  }
  return hash;
}

/// Whether the transaction has inserted every key that it answers. Not one that was there, and that
/// somebody purged while it waited for another.
bool owns_answered_keys(const Backend& backend) {
  return std::ranges::all_of(backend.writes.operations, [&backend](const auto& operation) {
    return std::ranges::count(backend.inserted, operation.key.id, &OperationKey::id) > 0;
  });
}

/// What a transaction may write without having inserted or locked it: nothing.
void check_keys(const Backend& backend, const LockTable& locks) {
  const WriteSet& writes = backend.writes;
  // A key that is stored without a reply would tell nobody anything.
  CHECK(std::ranges::all_of(backend.inserted, [&writes](const OperationKey& key) {
    return std::ranges::find(writes.withdrawn, key.id) != writes.withdrawn.end() ||
           std::ranges::any_of(writes.operations, [&key](const StoredOperation& operation) {
             return operation.key.id == key.id;
           });
  }));
  CHECK(!writes.control || locks.holder(LockKey::of_control()) == backend.id);
}

}  // namespace

bool DatabaseServer::start_commit(BackendId id, WriteSet writes, Done<CommitResult> done) {
  Backend* backend = find_open(id);
  if (backend == nullptr) return false;
  CHECK(backend->stage == BackendStage::idle && backend->in_transaction);
  backend->writes = std::move(writes);
  backend->on_committed = std::move(done);
  backend->before = {};
  check_keys(*backend, locks_);
  for (StoredOperation& operation : backend->writes.operations) {
    operation.stored_at = backend->keys_stored_at;
  }
  if (owns_answered_keys(*backend)) {
    enter(*backend, BackendStage::write_schedules);
  } else {
    ++counters_.rejected;
    fail(*backend, {DbFailure::rejected, kNoRow});
  }
  settle();
  return true;
}

/// The statements of one kind of rows are done, as far as inserts of the same keys let them.
void DatabaseServer::end_writing(Backend& backend) {
  if (const char* problem = match(backend)) {
    ++counters_.rejected;
    fail(backend, {DbFailure::rejected, problem});
    return;
  }
  if (backend.stage != BackendStage::write_attempts) {
    enter(backend, static_cast<BackendStage>(static_cast<std::uint8_t>(backend.stage) + 1));
    return;
  }
  give_serials(backend);
  backend.in_doubt = in_doubt_.on() && !backend.outsider;
  backend.dropped = backend.in_doubt && in_doubt_rng_.chance_ppm(500'000);
  backend.stage = BackendStage::flushing;
  const Duration flush = draw_flush();
  kernel_.at(kernel_.now() + cost(rows_in(backend.writes)) + flush,
             [this, id = backend.id] { end_flush(id); });
}

/// Finds the rows that are replaced. Returns what is wrong, or null.
const char* DatabaseServer::match(Backend& backend) const {
  if (backend.has_orphans) return kNoRun;
  const auto first_problem = [this, &backend](auto& writes) {
    const char* problem = nullptr;
    for (auto write = writes.begin(); write != writes.end() && problem == nullptr; ++write) {
      problem = match(backend, *write);
    }
    return problem;
  };
  WriteSet& writes = backend.writes;
  if (backend.stage == BackendStage::write_schedules) return first_problem(writes.schedules);
  if (backend.stage == BackendStage::write_runs) return first_problem(writes.runs);
  if (backend.stage == BackendStage::write_jobs) return first_problem(writes.jobs);
  return first_problem(writes.attempts);
}

const char* DatabaseServer::match(Backend& backend, const ScheduleWrite& write) const {
  const delta::Schedule* before = live_.tables.schedule(write.row.id);
  backend.before.schedules.push_back(before);
  if (!write.expected) return nullptr;
  if (before == nullptr) return kNoRow;
  CHECK(locks_.holder(LockKey::of(write.row.id)) == backend.id);
  return before->audit.length == *write.expected ? nullptr : kNoRow;
}

const char* DatabaseServer::match(Backend& backend, const RunWrite& write) const {
  const Run* before = live_.tables.run(write.row.id);
  backend.before.runs.push_back(before);
  if (!write.expected) return nullptr;
  if (before == nullptr) return kNoRow;
  CHECK(locks_.holder(LockKey::of(write.row.id)) == backend.id);
  return before->state == *write.expected ? nullptr : kNoRow;
}

const char* DatabaseServer::match(Backend& backend, const JobWrite& write) const {
  const Job* before = live_.tables.job(write.row.run, write.row.index);
  backend.before.jobs.push_back(before);
  if (write.insert) return nullptr;
  if (before == nullptr) return kNoRow;
  CHECK(locks_.holder(LockKey::of(write.row.run, write.row.index)) == backend.id);
  return nullptr;
}

const char* DatabaseServer::match(Backend& backend, AttemptWrite& write) const {
  const Attempt* before = live_.tables.attempt(write.row.id);
  backend.before.attempts.push_back(before);
  if (!write.expected) {
    write.row.spec = spec_of(write.row.run, backend.writes, live_.tables);
    return nullptr;
  }
  if (before == nullptr) return kNoRow;
  CHECK(locks_.holder(LockKey::of(write.row.id)) == backend.id);
  write.row.spec = before->spec;
  const AttemptFence& fence = *write.expected;
  const bool matches = before->state == fence.state && before->epoch == fence.epoch &&
                       before->token_hash == fence.token_hash &&
                       before->generation == fence.generation;
  return matches ? nullptr : kNoRow;
}

SharedSpec spec_of(RunId run, const WriteSet& writes, const Tables& tables) {
  if (const Run* committed = tables.run(run)) return committed->spec;
  for (const RunWrite& write : writes.runs) {
    if (write.row.id == run) return write.row.spec;
  }
  return nullptr;
}

void DatabaseServer::give_serials(Backend& backend) {
  const auto next = [](std::uint64_t& given, std::uint64_t& logged) {
    if (given == logged) logged += kSequenceAhead;
    return ++given;
  };
  for (AuditEvent& event : backend.writes.audit) event.serial = next(given_.audit, logged_.audit);
  backend.result = {CommitOutcome::committed, {}, {}};
  for (std::size_t i = 0; i < backend.writes.outbox.size(); ++i) {
    backend.result.outbox.push_back(next(given_.outbox, logged_.outbox));
  }
}

void DatabaseServer::end_flush(BackendId id) {
  const auto found = backends_.find(id);
  if (found == backends_.end()) return;  // a crash came first
  Backend& backend = *found->second;
  if (backend.in_doubt) {
    ++(backend.dropped ? counters_.in_doubt_dropped : counters_.in_doubt_committed);
  }
  if (backend.dropped) {
    abort(backend);
  } else if (!make_durable(backend)) {
    return;  // the server is down, and its connections with it
  }
  become_idle(backend);
  if (backend.disconnected) {
    backends_.erase(found);
    settle();
  } else if (backend.in_doubt) {
    reset(backend);
    settle();
  } else {
    settle();
    std::exchange(backend.on_committed, nullptr)(std::move(backend.result));
  }
}

bool DatabaseServer::make_durable(Backend& backend) {
  TableChange change;
  change.writes = std::move(backend.writes);
  change.outbox = backend.result.outbox;
  const SharedRecord record = write_log(std::move(change), !backend.outsider);
  if (record == nullptr) return false;
  const std::uint64_t number = backend.outsider ? 0 : ++counters_.commits;
  const CommitView view{
      now(),         backend.clock_read, number, backend.client.process, record->change.writes,
      backend.before};
  for (const auto& observer : backend.outsider ? observers_.outside_write : observers_.commit) {
    observer(view);
  }
  kernel_.mix(hash_of(view), StepKind::commit);
  live_.redo(*record);
  backend.in_transaction = false;
  for (const LockKey& key : std::exchange(backend.held, {})) release(key);
  return true;
}

}  // namespace aftershock::sim
