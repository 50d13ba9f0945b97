// A value that nobody may write down.
#pragma once

#include <string>
#include <utility>

namespace delta {

/// Converts to nothing, so that it cannot end in a log line, a message or a stream by accident.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}

  /// The value. Whoever asks keeps it out of logs and errors.
  const std::string& reveal() const { return value_; }
  bool empty() const { return value_.empty(); }

 private:
  std::string value_;
};

}  // namespace delta
