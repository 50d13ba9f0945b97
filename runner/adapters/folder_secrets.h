// The secrets store as a folder with one file a secret.
#pragma once

#include "core/ports/secrets.h"

namespace delta {

/// Files are read anew each time, so that a rotated secret is found. A secret that is not there, or
/// that we may not read, is missing for good; a folder that is not there may be mounted later.
class FolderSecrets final : public SecretStore {
 public:
  /// Empty: there are no secrets.
  explicit FolderSecrets(std::string folder) : folder_(std::move(folder)) {}

  std::expected<std::string, SecretError> get(const std::string& name) override;

 private:
  const std::string folder_;
};

}  // namespace delta
