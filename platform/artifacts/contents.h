// What the artifact stores have in common: paths, errors, and contents that are read in pieces, so
// that memory stays bounded whatever their size.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/ports/artifact_store.h"
#include "core/sha256.h"
#include "platform/fd.h"

namespace delta {

/// get() gives more than this as a file.
inline constexpr std::uint64_t kMaxBytesInMemory = 1ULL << 20;
/// In bytes; what S3 takes as a key.
inline constexpr std::size_t kMaxPath = 1024;

/// The components of an artifact's path, or why it is none: it is relative, without empty
/// components, "." and "..", and without NUL.
std::expected<std::vector<std::string>, StoreError> split_path(const std::string& path);

StoreError refused_for_good(std::string detail);
/// "what: No space left on device". Whether it is retryable depends on the number: a full or
/// failing disk, or one that is away, may be mended; a missing permission is a mistake.
StoreError error_of_errno(int number, const std::string& what);

/// False: errno says why.
bool write_all(int descriptor, std::string_view bytes);

/// SHA-256 wants numbers, not characters.
inline std::span<const std::uint8_t> raw(std::string_view bytes) {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

/// Receives a piece; false ends the reading.
using TakePiece = std::function<bool(std::string_view)>;

/// Reads a file from its beginning. False: errno says why; or `take` ended it, and errno is 0.
bool read_pieces(int descriptor, const TakePiece& take);

/// The contents that a put() was given.
class ContentSource {
 public:
  static std::expected<ContentSource, StoreError> open(const Content& content);

  /// Reads all of it, once or again, and gives its digest. An error when it cannot be read, when
  /// `take` ends it, and when it is not what the content's digest and size announced: the file has
  /// changed since.
  std::expected<Digest, StoreError> read(const TakePiece& take) const;
  /// Of the file, which stays open; -1 when there is none.
  int descriptor() const { return file_.get(); }

 private:
  explicit ContentSource(const Content& content) : content_(&content) {}

  const Content* content_;  ///< of the caller of put()
  Fd file_;
};

}  // namespace delta
