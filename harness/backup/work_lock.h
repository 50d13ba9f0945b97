// One piece of work at a time on a stanza.
#pragma once

#include <filesystem>

#include "harness/backup/pgbackrest.h"
#include "platform/fd.h"

namespace aftershock::backup {

/// Held until the destructor, or until this process ends in whatever way.
class WorkLock {
 public:
  /// `what` is told to whoever comes second: "backup create". Unavailable: somebody has it, who is
  /// named, or the folder of locks cannot be written.
  static Result<WorkLock> take(const PgBackRest& tool, const std::string& what);

 private:
  explicit WorkLock(delta::Fd file) : file_(std::move(file)) {}
  delta::Fd file_;
};

}  // namespace aftershock::backup
