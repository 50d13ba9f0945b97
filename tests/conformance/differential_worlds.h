// The two worlds that random histories run in, step by step.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "platform/servers/postgres_server.h"
#include "tests/conformance/differential_plan.h"

namespace delta {

struct Answer {
  std::string text;  ///< times as hours, serials as places in their order
  std::optional<Opened> opened = {};
  std::vector<std::uint64_t> serials = {};
  bool is_broken = false;  ///< the connection
  bool is_conflict = false;
};

class LockstepWorld {
 public:
  virtual ~LockstepWorld() = default;

  Knowledge knowledge;

  /// Starts the action of a party that waits for nothing. A kill is over when it returns.
  virtual void begin(std::size_t party, const Action& action) = 0;
  /// Its answer, once.
  virtual std::optional<Answer> take(std::size_t party) = 0;
  /// Gives the party a new connection in place of a broken one.
  virtual void reconnect(std::size_t party) = 0;

 protected:
  /// One call of the port.
  Answer perform(Session& session, const Action& action) const;
  static Answer hand_locked() { return {.text = "locked"}; }
  static Answer hand_conflict() { return {.text = "conflict", .is_conflict = true}; }
};

/// What the model's server has counted.
struct ModelCounts {
  std::uint64_t waits = 0;
  std::uint64_t skips = 0;
  std::uint64_t deadlocks = 0;
  std::uint64_t rejected = 0;
};

/// The simulated database. Only inside run_in_model().
class ModelLockstep : public LockstepWorld {
 public:
  /// Lets everything happen that will.
  virtual void settle() = 0;
  virtual ModelCounts counts() const = 0;
};
void run_in_model(const std::function<void(ModelLockstep&)>& body);

/// PostgreSQL, for many histories one after another.
class PostgresLockstep : public LockstepWorld {
 public:
  virtual void begin_history() = 0;
  /// Blocks until each of `answered` has its answer and each of `waiting` waits for a lock. False:
  /// one of `waiting` has its answer, or nothing more happens.
  virtual bool settle(const std::vector<std::size_t>& answered,
                      const std::vector<std::size_t>& waiting) = 0;
  /// Long enough for whoever began to wait to have looked for a deadlock.
  virtual void let_detectors_run() = 0;
};
/// A server for it: looks for deadlocks at once, and nothing of it survives.
PostgresServerOptions lockstep_server_options();
std::unique_ptr<PostgresLockstep> make_postgres_lockstep(PostgresServer& server);

}  // namespace delta
