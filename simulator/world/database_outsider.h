// Somebody who is not the product at work on its tables, in a superuser's session on the database's
// own host: one transaction a task, without an audit event.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "simulator/world/database_server.h"

namespace aftershock::sim {

enum class HeldRows : std::uint8_t { attempts, control };
enum class EditedRow : std::uint8_t { attempt_state, run_state, job_state };

/// Must outlive what it began. Each task begins at once, and does nothing if the server is down.
class Outsider {
 public:
  explicit Outsider(DatabaseServer& server) : server_(server) {}

  /// Locks the control row, or at most `count` live attempts (0: all), until let_go() or a crash.
  void hold(HeldRows what, std::uint32_t count);
  void let_go();
  /// UPDATE of all live leases: they end now.
  void expire_leases();
  /// The state of a row that was decided is changed to another that it could have had.
  void edit(EditedRow what);

  /// Rows that its commits changed.
  std::uint64_t changed() const { return changed_; }

 private:
  void change(delta::OpenRequest request,
              std::function<delta::WriteSet(const delta::Opened&)> make_writes);
  void commit(BackendId id, delta::WriteSet writes);

  DatabaseServer& server_;
  std::optional<BackendId> held_;
  std::uint64_t changed_ = 0;
};

}  // namespace aftershock::sim
