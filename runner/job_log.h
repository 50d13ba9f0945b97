// What a job's command prints, without secrets.
#pragma once

#include <memory>

#include "core/ports/runtime.h"
#include "runner/redactor.h"

namespace delta {

/// Keeps the beginning of a log that is too long. Thread: any.
class JobLog {
 public:
  /// Of the log, in bytes.
  static constexpr std::size_t kLongest = 1 << 20;

  JobLog(Tasks& tasks, const std::map<std::string, std::string>& secrets);

  /// True: so_far() gives more than before. An end that may be the beginning of a secret waits for
  /// what follows it.
  bool write(std::string_view piece);
  /// Something was printed, so there is a log.
  bool printed() const;
  /// A beginning of what finish() will give.
  std::string so_far() const;
  /// All of it. Once, at the end: what is written afterwards is dropped.
  std::string finish();

 private:
  /// Whether there was any room.
  bool keep(std::string_view passed);

  std::unique_ptr<Monitor> monitor_;
  Redactor redactor_;
  std::string text_;
  bool printed_ = false;
  bool cut_ = false;
  bool finished_ = false;
};

}  // namespace delta
