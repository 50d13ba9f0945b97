// Secrets in files, as Docker and Kubernetes mount them.
#pragma once

#include <expected>
#include <string>

#include "platform/secret.h"

namespace delta {

inline constexpr std::size_t kLargestSecret = 64 * 1024;

struct SecretFileError {
  int cause = 0;       ///< errno; 0: the content is not a secret's
  std::string detail;  ///< what is wrong with the file, never what is in it
};

/// A regular file's text without one line break at its end: not empty, no zero byte, at most
/// kLargestSecret bytes. `folder` is where relative paths begin: a descriptor, or AT_FDCWD.
std::expected<Secret, SecretFileError> read_secret_file(int folder, const std::string& path);

}  // namespace delta
