// What every database must do, whatever world it is in: the simulated one and PostgreSQL pass the
// same.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/ports/database.h"
#include "core/ports/runtime.h"
#include "tests/conformance/database_rows.h"
#include "tests/conformance/database_texts.h"

namespace delta {

/// Everything that is stored, but for operations and outbox rows.
struct StoredRows {
  Rows rows;
  std::vector<AuditEvent> audit;
};

/// A database without rows, and tasks that use it.
class DatabaseWorld {
 public:
  virtual ~DatabaseWorld() = default;
  /// Runs a test's body as a task of this world.
  virtual void run(const std::function<void()>& body) = 0;
  virtual Runtime runtime() = 0;
  virtual Database& database() = 0;
  virtual StoredRows stored() = 0;

  /// Whether so many calls are waiting for locks, and will until somebody else does something.
  virtual bool are_waiting(std::size_t calls) = 0;
  /// Breaks every connection from the server's side.
  virtual void break_connections() = 0;
  /// Somebody by hand, who locks the control row and then, in the same transaction, this run.
  virtual void hold_control() = 0;
  virtual void hold_run_too(RunId run) = 0;
  virtual void let_go() = 0;
  /// Somebody else's transaction inserts run 1, alone, and goes on for some time.
  virtual void begin_insert() = 0;
  virtual void end_insert() = 0;  ///< by its commit
};

struct DatabaseMaker {
  std::string name;
  std::function<std::unique_ptr<DatabaseWorld>(Duration lock_timeout)> make;
};

/// A call under way. Its answer is there when the call is over.
template <class Answer>
struct Call {
  std::shared_ptr<std::optional<Answer>> answer = std::make_shared<std::optional<Answer>>();

  bool is_over() const { return answer->has_value(); }
  Answer& operator*() const { return answer->value(); }
  Answer* operator->() const { return &answer->value(); }
};
using OpenCall = Call<std::expected<Opened, DbError>>;
using CommitCall = Call<CommitResult>;

/// INSTANTIATE_TEST_SUITE_P(, DatabaseConformance, testing::Values(DatabaseMaker{...}), ...);
class DatabaseConformance : public testing::TestWithParam<DatabaseMaker> {
 protected:
  /// Runs the body on an empty database.
  void run(const std::function<void()>& body, Duration lock_timeout = kLongTimeout);

  DatabaseWorld& world() { return *world_; }
  std::unique_ptr<Session> connect();
  void sleep(Duration time);

  /// Each expects success.
  Opened open(Session& session, const OpenRequest& request);
  std::vector<std::uint64_t> commit(Session& session, WriteSet writes);
  Found find(Session& session, const FindRequest& request);
  /// One whole transaction, on a connection of its own.
  std::vector<std::uint64_t> store(WriteSet writes, const OpenRequest& request = {});
  /// The transaction is refused, leaves nothing behind, and its session goes on.
  void expect_rejected(const OpenRequest& request, const WriteSet& writes);

  /// Begins it beside the caller, who sees to it that nothing else uses the session.
  OpenCall begin_open(Session& session, const OpenRequest& request);
  CommitCall begin_commit(Session& session, const WriteSet& writes);
  /// Returns when every call that was begun is over or waits for a lock.
  void settle();

  std::string stored_text();  ///< of all rows

  static constexpr Duration kLongTimeout = 60s;
  const DatabaseTexts texts_;

 private:
  std::unique_ptr<DatabaseWorld> world_;
  std::unique_ptr<Monitor> monitor_;
  std::shared_ptr<std::size_t> pending_ = std::make_shared<std::size_t>(0);
};

inline std::string name_of_database(const testing::TestParamInfo<DatabaseMaker>& info) {
  return info.param.name;
}

}  // namespace delta
