// What a server of one's own owns beside its process: a folder, and a port.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

#include "platform/servers/child_process.h"

namespace delta {

/// A new folder that only its owner may enter, below $TMPDIR or else /tmp. Removed with all that
/// is in it by the destructor: end what writes there before.
class PrivateFolder {
 public:
  /// Throws ServerError. `owner`: see Command::account.
  PrivateFolder(std::string_view name, const std::optional<Account>& owner);
  ~PrivateFolder();
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A free port of 127.0.0.1 that stays free for the one who holds this, also while its server is
/// down: a bound socket that does not listen keeps the kernel from giving the port to anybody, and
/// lets a server that sets SO_REUSEADDR, as PostgreSQL and Redis do, listen on it.
class ReservedPort {
 public:
  ReservedPort();  ///< throws ServerError
  ~ReservedPort();
  ReservedPort(const ReservedPort&) = delete;
  ReservedPort& operator=(const ReservedPort&) = delete;

  std::uint16_t number() const { return number_; }

 private:
  int socket_ = -1;
  std::uint16_t number_ = 0;
};

}  // namespace delta
