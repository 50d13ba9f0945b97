// Rows and answers of the Database port as text: what two worlds are compared by, and what a test
// shows when they differ.
#pragma once

#include <functional>
#include <string>

#include "core/ports/database.h"

namespace delta {

/// How the values are written that need not be equal in two worlds. The defaults are exact.
struct DatabaseTexts {
  std::function<std::string(DbTime)> time = [](DbTime value) {
    return std::to_string(value.time_since_epoch().count());
  };
  std::function<std::string(Duration)> age = [](Duration value) {
    return std::to_string(value.count());
  };
  std::function<std::string(std::uint64_t)> serial = [](std::uint64_t value) {
    return std::to_string(value);
  };

  std::string of(const Run& row) const;
  std::string of(const Job& row) const;
  std::string of(const Attempt& row) const;
  std::string of(const Schedule& row) const;
  std::string of(const Control& row) const;
  std::string of(const AuditEvent& event) const;  ///< without its serial
  std::string of(const StoredOperation& operation) const;
  std::string of(const Rows& rows) const;
  std::string of(const Opened& opened) const;
  std::string of(const Found& found) const;
  std::string of(const CommitResult& result) const;
};

/// Without the detail, which is for people.
std::string text_of(const DbError& error);

}  // namespace delta
