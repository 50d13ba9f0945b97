// The contents of an artifact: a few bytes in memory, or a file that its executor left.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace delta {

struct Content {
  std::uint64_t digest = 0;  ///< of the bytes or of the file's
  std::uint64_t size = 0;    ///< in bytes
  std::string bytes;         ///< all of it, unless there is a file
  std::string file;  ///< its path, as the executor and the store's adapter know it; or empty

  friend bool operator==(const Content&, const Content&) = default;
};

/// The first 8 bytes of SHA-256.
std::uint64_t content_digest(std::string_view bytes);
Content content_of(std::string bytes);

}  // namespace delta
