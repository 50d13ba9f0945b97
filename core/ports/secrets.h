// The secrets store: values that jobs need and nobody may write down.
#pragma once

#include <expected>
#include <string>

namespace delta {

struct SecretError {
  bool retryable = true;  ///< false: no such secret, or not for us; asking again will not help
  std::string detail;     ///< never holds a value
};

/// Thread: any. Every call may suspend.
class SecretStore {
 public:
  virtual ~SecretStore() = default;
  /// The present value of the secret. Whoever gets it keeps it out of logs, errors and artifacts.
  virtual std::expected<std::string, SecretError> get(const std::string& name) = 0;
};

}  // namespace delta
