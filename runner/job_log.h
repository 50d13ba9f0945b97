// What a job's command prints, without secrets, until it is uploaded.
#pragma once

#include "runner/redactor.h"

namespace delta {

/// Keeps the beginning of a log that is too long. Thread: one at a time.
class JobLog {
 public:
  explicit JobLog(const std::map<std::string, std::string>& secrets) : redactor_(secrets) {}

  void write(std::string_view piece) {
    printed_ = printed_ || !piece.empty();
    if (cut_) return;  // nothing more fits
    keep(redactor_.feed(piece));
  }
  /// Something was printed, so there is a log.
  bool printed() const { return printed_; }
  /// Once, at the end.
  std::string finish() {
    keep(redactor_.finish());
    if (cut_) text_ += "\n[the log is cut here: it is too long]\n";
    return std::move(text_);
  }

 private:
  static constexpr std::size_t kMostBytes = 1 << 20;

  void keep(std::string_view passed) {
    const std::size_t room = kMostBytes - text_.size();
    cut_ = cut_ || passed.size() > room;
    text_ += passed.substr(0, room);
  }

  Redactor redactor_;
  std::string text_;
  bool printed_ = false;
  bool cut_ = false;
};

}  // namespace delta
