// The artifact store: logs and outputs. Not authoritative.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

namespace delta {

struct StoreError {
  bool retryable = true;
  std::string detail;
};

/// Thread: any. Every call may suspend. An error on put() means that it may or may not be stored.
class ArtifactStore {
 public:
  virtual ~ArtifactStore() = default;
  /// `path` contains the attempt's id, so nobody overwrites another's. Durable when it returns.
  virtual std::expected<void, StoreError> put(const std::string& path, std::uint64_t digest) = 0;
  /// The digest of what is stored there; empty when nothing is.
  virtual std::expected<std::optional<std::uint64_t>, StoreError> get(const std::string& path) = 0;
};

}  // namespace delta
