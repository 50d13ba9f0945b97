// A task's own database session: connected when needed, dropped when it broke.
#pragma once

#include <memory>

#include "core/dependency.h"
#include "core/ports/database.h"

namespace delta {

/// Thread: one task.
class Connection {
 public:
  Connection(Database& database, Dependency& dependency)
      : database_(database), dependency_(dependency) {}

  /// A live session; null while the database cannot be reached or its breaker is open. Suspends.
  Session* session() {
    if (session_) return session_.get();
    if (!dependency_.allow()) return nullptr;
    auto connected = dependency_.counted(database_.connect());
    if (!connected) return nullptr;
    session_ = std::move(*connected);
    return session_.get();
  }

  /// The last call said `unavailable`, or that a commit is unknown.
  void lost() {
    session_.reset();
    dependency_.failed();
  }
  void worked() { dependency_.succeeded(); }

 private:
  Database& database_;
  Dependency& dependency_;
  std::unique_ptr<Session> session_;
};

}  // namespace delta
