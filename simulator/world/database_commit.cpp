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

void give_serials(Backend& backend, Sequences& given, Sequences& logged) {
  const auto next = [](std::uint64_t& last, std::uint64_t& ahead) {
    if (last == ahead) ahead += kSequenceAhead;
    return ++last;
  };
  for (AuditEvent& event : backend.writes.audit) event.serial = next(given.audit, logged.audit);
  backend.result = {CommitOutcome::committed, {}, {}};
  for (std::size_t i = 0; i < backend.writes.outbox.size(); ++i) {
    backend.result.outbox.push_back(next(given.outbox, logged.outbox));
  }
}

/// Finds the rows that a stage's statements replace, and what is wrong with them; null: nothing.
class Matcher {
 public:
  Matcher(Backend& backend, const Tables& tables, const LockTable& locks)
      : backend_(backend), tables_(tables), locks_(locks) {}

  const char* match_all() {
    if (backend_.has_orphans) return kNoRun;
    WriteSet& writes = backend_.writes;
    if (backend_.stage == BackendStage::write_schedules) return first_problem(writes.schedules);
    if (backend_.stage == BackendStage::write_runs) return first_problem(writes.runs);
    if (backend_.stage == BackendStage::write_jobs) return first_problem(writes.jobs);
    return first_problem(writes.attempts);
  }

 private:
  template <class Writes>
  const char* first_problem(Writes& writes) {
    const char* problem = nullptr;
    for (auto write = writes.begin(); write != writes.end() && problem == nullptr; ++write) {
      problem = match(*write);
    }
    return problem;
  }

  const char* match(const ScheduleWrite& write) {
    const delta::Schedule* before = tables_.schedule(write.row.id);
    backend_.before.schedules.push_back(before);
    if (!write.expected) return nullptr;
    if (before == nullptr) return kNoRow;
    CHECK(locks_.holder(LockKey::of(write.row.id)) == backend_.id);
    return before->audit.length == *write.expected ? nullptr : kNoRow;
  }

  const char* match(const RunWrite& write) {
    const Run* before = tables_.run(write.row.id);
    backend_.before.runs.push_back(before);
    if (!write.expected) return nullptr;
    if (before == nullptr) return kNoRow;
    CHECK(locks_.holder(LockKey::of(write.row.id)) == backend_.id);
    return before->state == *write.expected ? nullptr : kNoRow;
  }

  const char* match(const JobWrite& write) {
    const Job* before = tables_.job(write.row.run, write.row.index);
    backend_.before.jobs.push_back(before);
    if (write.insert) return nullptr;
    if (before == nullptr) return kNoRow;
    CHECK(locks_.holder(LockKey::of(write.row.run, write.row.index)) == backend_.id);
    return nullptr;
  }

  const char* match(AttemptWrite& write) {
    const Attempt* before = tables_.attempt(write.row.id);
    backend_.before.attempts.push_back(before);
    if (!write.expected) {
      write.row.spec = spec_of(write.row.run, backend_.writes, tables_);
      return nullptr;
    }
    if (before == nullptr) return kNoRow;
    CHECK(locks_.holder(LockKey::of(write.row.id)) == backend_.id);
    write.row.spec = before->spec;
    const AttemptFence& fence = *write.expected;
    const bool matches = before->state == fence.state && before->epoch == fence.epoch &&
                         before->token_hash == fence.token_hash &&
                         before->generation == fence.generation;
    return matches ? nullptr : kNoRow;
  }

  Backend& backend_;
  const Tables& tables_;
  const LockTable& locks_;
};

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
  if (const char* problem = Matcher(backend, live_.tables, locks_).match_all()) {
    ++counters_.rejected;
    fail(backend, {DbFailure::rejected, problem});
    return;
  }
  if (backend.stage != BackendStage::write_attempts) {
    enter(backend, static_cast<BackendStage>(static_cast<std::uint8_t>(backend.stage) + 1));
    return;
  }
  give_serials(backend, given_, logged_);
  backend.in_doubt = faults_.in_doubt.on() && !backend.outsider;
  backend.dropped = backend.in_doubt && in_doubt_rng_.chance_ppm(500'000);
  backend.stage = BackendStage::flushing;
  const Duration flush = draw_flush();
  kernel_.at(kernel_.now() + cost(rows_in(backend.writes)) + flush,
             [this, id = backend.id] { end_flush(id); });
}

SharedSpec spec_of(RunId run, const WriteSet& writes, const Tables& tables) {
  if (const Run* committed = tables.run(run)) return committed->spec;
  for (const RunWrite& write : writes.runs) {
    if (write.row.id == run) return write.row.spec;
  }
  return nullptr;
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
    return end_commit(backend);
  }
  const SharedRecord record = make_durable(backend);
  if (record == nullptr) return;  // the server is down, and its connections with it
  await_standbys(record, [this, id, record](bool tell) {
    Backend& present = *backends_.at(id);
    show(present, *record);
    present.in_doubt = present.in_doubt || !tell;
    end_commit(present);
  });
}

void DatabaseServer::end_commit(Backend& backend) {
  become_idle(backend);
  if (backend.disconnected) {
    backends_.erase(backend.id);
    settle();
  } else if (backend.in_doubt) {
    reset(backend);
    settle();
  } else {
    settle();
    std::exchange(backend.on_committed, nullptr)(std::move(backend.result));
  }
}

SharedRecord DatabaseServer::make_durable(Backend& backend) {
  TableChange change;
  change.writes = std::move(backend.writes);
  change.outbox = backend.result.outbox;
  return write_log(std::move(change), !backend.outsider);
}

void DatabaseServer::show(Backend& backend, const WalRecord& record) {
  const std::uint64_t number = backend.outsider ? 0 : ++counters_.commits;
  const CommitView view{
      now(),         backend.clock_read, number, backend.client.process, record.change.writes,
      backend.before};
  for (const auto& observer : backend.outsider ? observers_.outside_write : observers_.commit) {
    observer(view);
  }
  kernel_.mix(hash_of(view), StepKind::commit);
  live_.redo(record);
  backend.in_transaction = false;
  for (const LockKey& key : std::exchange(backend.held, {})) release(key);
}

}  // namespace aftershock::sim
