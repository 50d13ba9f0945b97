// The end of a transaction on the simulated database server: predicates, flush, visibility.
#include <algorithm>
#include <utility>

#include "simulator/world/database_backend.h"

namespace aftershock::sim {

using namespace delta;

namespace {

constexpr const char* kKeyExists = "duplicate key value violates unique constraint";
constexpr const char* kNoRow = "the predicate matches no row";
constexpr const char* kNoRun = "violates foreign key constraint: no such run";

std::size_t rows_in(const WriteSet& writes) {
  return writes.operations.size() + writes.runs.size() + writes.jobs.size() +
         writes.attempts.size() + writes.audit.size() + writes.outbox.size() +
         (writes.control ? 1 : 0);
}

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
  return hash;
}

}  // namespace

bool DatabaseServer::start_commit(BackendId id, WriteSet writes, Done<CommitResult> done) {
  Backend* backend = find_open(id);
  if (backend == nullptr) return false;
  CHECK(backend->stage == BackendStage::idle && backend->in_transaction);
  backend->writes = std::move(writes);
  backend->on_committed = std::move(done);
  enter(*backend, BackendStage::lock_inserts);
  settle();
  return true;
}

void DatabaseServer::execute_commit(Backend& backend) {
  if (const char* problem = match(backend)) {
    ++counters_.rejected;
    fail(backend, DbFailure::rejected, problem);
    return;
  }
  give_serials(backend);
  backend.in_doubt = in_doubt_.on();
  backend.dropped = in_doubt_.on() && rng_.chance_ppm(500'000);
  backend.stage = BackendStage::flushing;
  const Duration flush = draw_flush();
  kernel_.at(kernel_.now() + cost(rows_in(backend.writes)) + flush,
             [this, id = backend.id] { end_flush(id); });
}

/// Finds the rows that are replaced. Returns what is wrong, or null.
const char* DatabaseServer::match(Backend& backend) const {
  WriteSet& writes = backend.writes;
  backend.before.runs.clear();
  backend.before.jobs.clear();
  backend.before.attempts.clear();
  for (const StoredOperation& operation : writes.operations) {
    CHECK(locks_.holder(LockKey::of(operation.key.id)) == backend.id);
  }
  CHECK(!writes.control || locks_.holder(LockKey::of_control()) == backend.id);
  for (const RunWrite& write : writes.runs) {
    if (const char* problem = match(backend, write)) return problem;
  }
  for (const JobWrite& write : writes.jobs) {
    if (const char* problem = match(backend, write)) return problem;
  }
  for (AttemptWrite& write : writes.attempts) {
    if (const char* problem = match(backend, write)) return problem;
  }
  return nullptr;
}

const char* DatabaseServer::match(Backend& backend, const RunWrite& write) const {
  const Run* before = tables_.run(write.row.id);
  backend.before.runs.push_back(before);
  if (!write.expected) return before == nullptr ? nullptr : kKeyExists;
  if (before == nullptr) return kNoRow;
  CHECK(locks_.holder(LockKey::of(write.row.id)) == backend.id);
  return before->state == *write.expected ? nullptr : kNoRow;
}

const char* DatabaseServer::match(Backend& backend, const JobWrite& write) const {
  const Job* before = tables_.job(write.row.run, write.row.index);
  backend.before.jobs.push_back(before);
  if (!write.insert) {
    if (before == nullptr) return kNoRow;
    CHECK(locks_.holder(LockKey::of(write.row.run, write.row.index)) == backend.id);
    return nullptr;
  }
  if (before != nullptr) return kKeyExists;
  return spec_of(write.row.run, backend.writes) ? nullptr : kNoRun;
}

const char* DatabaseServer::match(Backend& backend, AttemptWrite& write) const {
  const Attempt* before = tables_.attempt(write.row.id);
  backend.before.attempts.push_back(before);
  if (!write.expected) {
    if (before != nullptr) return kKeyExists;
    write.row.spec = spec_of(write.row.run, backend.writes);
    return write.row.spec ? nullptr : kNoRun;
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

/// Null when there is no such run, neither committed nor about to be.
SharedSpec DatabaseServer::spec_of(RunId run, const WriteSet& writes) const {
  if (const Run* committed = tables_.run(run)) return committed->spec;
  for (const RunWrite& write : writes.runs) {
    if (write.row.id == run) return write.row.spec;
  }
  return nullptr;
}

void DatabaseServer::give_serials(Backend& backend) {
  for (AuditEvent& event : backend.writes.audit) event.serial = ++last_audit_serial_;
  backend.result = {CommitOutcome::committed, {}, {}};
  for (std::size_t i = 0; i < backend.writes.outbox.size(); ++i) {
    backend.result.outbox.push_back(++last_outbox_serial_);
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
  } else {
    make_durable(backend);
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

void DatabaseServer::make_durable(Backend& backend) {
  WriteSet& writes = backend.writes;
  const CommitView view{now(), ++counters_.commits, backend.owner, writes, backend.before};
  for (const auto& observer : observers_) observer(view);
  kernel_.mix(hash_of(view), StepKind::commit);
  for (RunWrite& write : writes.runs) tables_.put(std::move(write.row));
  for (const JobWrite& write : writes.jobs) tables_.put(write.row);
  for (AttemptWrite& write : writes.attempts) tables_.put(std::move(write.row));
  for (AuditEvent& event : writes.audit) tables_.append(std::move(event));
  for (std::size_t i = 0; i < writes.outbox.size(); ++i) {
    const Dispatch& dispatch = writes.outbox[i];
    tables_.put(OutboxRow{backend.result.outbox[i], dispatch.attempt, dispatch.due});
  }
  // A key whose reply was not written is stored all the same: its row was inserted by open().
  for (const OperationKey& key : backend.inserted) {
    const bool withdrawn = std::ranges::find(writes.withdrawn, key.id) != writes.withdrawn.end();
    if (!withdrawn) tables_.put(StoredOperation{key, {}, view.now});
  }
  for (StoredOperation& operation : writes.operations) {
    operation.stored_at = view.now;
    tables_.put(std::move(operation));
  }
  if (writes.control) tables_.put(*writes.control);
  backend.in_transaction = false;
  for (const LockKey& key : std::exchange(backend.held, {})) release(key);
}

}  // namespace aftershock::sim
