// The artifact store: logs and outputs. Not authoritative.
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "core/content.h"

namespace delta {

struct StoreError {
  bool retryable = true;  ///< false: refused for good, or damaged; trying again will not help
  std::string detail;
};

/// Thread: any. Every call may suspend. A retryable error on put() means that it may or may not be
/// stored; after any other nothing is.
class ArtifactStore {
 public:
  virtual ~ArtifactStore() = default;
  /// Sends the content, its file read by the adapter, together with its digest. Durable when it
  /// returns. Where two puts meet, the later one wins. `path` names the lease, so nobody overwrites
  /// another's.
  virtual std::expected<void, StoreError> put(const std::string& path, const Content& content) = 0;
  /// What is stored there; empty when nothing is. Contents that do not have the digest that they
  /// were stored with are an error that is not retryable: a part of an upload, or a damaged one.
  virtual std::expected<std::optional<Content>, StoreError> get(const std::string& path) = 0;
};

}  // namespace delta
