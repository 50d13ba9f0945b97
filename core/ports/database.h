// The authoritative store: typed, set-based row operations in a transaction, READ COMMITTED.
// An adapter has no loop, no retry and no decision: every call is one round trip.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/api.h"
#include "core/audit.h"
#include "core/decide.h"
#include "core/ports/database_reads.h"

namespace delta {

enum class DbFailure : std::uint8_t {
  unavailable,  ///< no connection, or it broke: nothing of this transaction was written
  conflict,     ///< with another transaction: rolled back; the same again may succeed
  rejected,     ///< a constraint or a predicate refused a row: rolled back; the same fails again
};
/// What was in the way of a transaction. `labels::sqlstates` has SQL's names, in this order.
enum class Conflict : std::uint8_t { serialization, deadlock, lock_timeout, statement_timeout };
struct DbError {
  DbFailure kind = DbFailure::unavailable;
  std::string detail;
  std::optional<Conflict> conflict = {};  ///< of this kind alone
};

/// A client's idempotency key with the digest of what it asks for.
struct OperationKey {
  OperationId id;
  std::uint64_t digest = 0;
};
struct StoredOperation {
  OperationKey key;
  StoredReply reply;
  DbTime stored_at{};  ///< given by the database, within the transaction
};

struct RunLock {
  RunId run;
  Scope scope = Scope::attempt_and_run;  ///< attempt_and_run: the run's row alone; job; run
  std::uint32_t job = 0;                 ///< scope job: with its descendants
};

enum class OnLocked : std::uint8_t { wait, skip };  ///< skip: SKIP LOCKED, for background work

/// One round trip that begins a transaction: insert the operation keys (each waits for a
/// concurrent inserter of the same key), then lock schedules, runs, jobs, attempts, each in id
/// order, with the current attempts of the locked jobs, then read the clock.
struct OpenRequest {
  std::vector<OperationKey> operations = {};
  std::vector<RunLock> runs = {};
  std::vector<AttemptId> attempts = {};
  std::vector<ScheduleId> schedules = {};
  bool control = false;  ///< lock the control row too, after everything else
  OnLocked on_locked = OnLocked::wait;
};
struct Opened {
  std::vector<StoredOperation> existing;  ///< keys that an earlier transaction has answered
  Rows rows;                              ///< newest versions; what does not exist is absent
  bool control_locked = false;
  Control control;
  DbTime now{};
};

struct RunWrite {
  Run row;
  std::optional<RunState> expected;  ///< predicate of the update; none: insert
};
struct JobWrite {
  Job row;
  bool insert = false;
};
/// The fence again, as the update's predicate. None of it: insert.
struct AttemptFence {
  AttemptState state = AttemptState::waiting;
  std::uint32_t epoch = 0;
  TokenHash token_hash;
  std::uint64_t generation = 0;
};
struct AttemptWrite {
  Attempt row;  ///< what it goes on from (`resume`) never changes, and is only inserted
  std::optional<AttemptFence> expected;
};

struct ScheduleWrite {
  Schedule row;
  /// Predicate of the update: the length of its chain; none: insert.
  std::optional<std::uint32_t> expected;
};

/// Everything that one transaction writes. A predicate that matches no row rejects all of it.
struct WriteSet {
  std::vector<StoredOperation> operations;
  std::vector<OperationId> withdrawn;  ///< all other keys that open() inserted: not to be stored
  std::vector<RunWrite> runs;
  std::vector<JobWrite> jobs;
  std::vector<AttemptWrite> attempts;
  std::vector<ScheduleWrite> schedules;
  std::vector<AuditEvent> audit;
  std::vector<Dispatch> outbox;
  std::optional<Control> control;

  bool empty() const {
    return operations.empty() && runs.empty() && jobs.empty() && attempts.empty() &&
           schedules.empty() && audit.empty() && outbox.empty() && !control;
  }
};

enum class CommitOutcome : std::uint8_t { committed, not_committed, unknown };
struct CommitResult {
  CommitOutcome outcome = CommitOutcome::unknown;
  DbError error;                      ///< when not committed
  std::vector<std::uint64_t> outbox;  ///< serials of the outbox rows, in order
};

struct PurgeRequest {
  Duration age = 24h;
  std::uint32_t limit = 1000;
};

/// One connection. Thread: one at a time. Every call may suspend; after an `unavailable` or an
/// unknown commit the session is dead and only good for destruction.
class Session {
 public:
  virtual ~Session() = default;

  virtual std::expected<Opened, DbError> open(const OpenRequest& request) = 0;
  /// Writes and commits what open() began, in one round trip.
  /// unknown: the connection broke after COMMIT was sent; it may or may not have happened.
  virtual CommitResult commit(WriteSet writes) = 0;
  /// Ends what open() began without a trace. Never fails.
  virtual void rollback() = 0;
  virtual std::expected<Found, DbError> find(const FindRequest& request) = 0;
  /// Its own transaction. Rows that are gone already do not matter.
  virtual std::expected<void, DbError> delete_outbox(const std::vector<std::uint64_t>& serials) = 0;
  /// Its own transaction. Deletes the oldest operations of those stored at least `age` ago, at most
  /// `limit`, and says how many.
  virtual std::expected<std::uint32_t, DbError> purge_operations(PurgeRequest request) = 0;
};

class Database {
 public:
  virtual ~Database() = default;
  /// Suspends. Fails only with `unavailable`.
  virtual std::expected<std::unique_ptr<Session>, DbError> connect() = 0;
};

}  // namespace delta
