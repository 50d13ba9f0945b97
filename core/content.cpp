#include "core/content.h"

#include "core/sha256.h"

namespace delta {

std::uint64_t content_digest(std::string_view bytes) {
  const Digest full = sha256({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  std::uint64_t first = 0;
  for (std::size_t i = 0; i < 8; ++i) first = (first << 8) | full[i];
  return first;
}

Content content_of(std::string bytes) {
  Content content;
  content.digest = content_digest(bytes);
  content.size = bytes.size();
  content.bytes = std::move(bytes);
  return content;
}

}  // namespace delta
