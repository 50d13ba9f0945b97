#include "runner/adapters/folder_secrets.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "platform/fd.h"
#include "platform/secret_file.h"

namespace delta {

namespace {

constexpr std::size_t kLongestName = 255;

/// A name of a variable, so that it cannot lead out of the folder.
bool is_name(const std::string& name) {
  return !name.empty() && name.size() <= kLongestName && std::ranges::all_of(name, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

bool is_for_good(int cause) {
  static constexpr std::array lasting{0, ENOENT, EACCES, EPERM, ELOOP, ENOTDIR};
  return std::ranges::find(lasting, cause) != lasting.end();
}

}  // namespace

std::expected<std::string, SecretError> FolderSecrets::get(const std::string& name) {
  // The name itself is not shown: a client may have put the value here by mistake.
  if (!is_name(name)) return std::unexpected(SecretError{false, "no name of a secret"});
  if (folder_.empty()) return std::unexpected(SecretError{false, "no folder of secrets is set"});
  const Fd folder(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) {
    return std::unexpected(
        SecretError{true, "the folder of secrets, " + folder_ +
                              ", cannot be opened: " + std::generic_category().message(errno)});
  }
  auto secret = read_secret_file(folder.get(), name);
  if (secret) return secret->reveal();
  return std::unexpected(SecretError{!is_for_good(secret.error().cause),
                                     "the secret " + name + ": " + secret.error().detail});
}

}  // namespace delta
