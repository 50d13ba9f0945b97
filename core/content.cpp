#include "core/content.h"

#include "core/sha256.h"

namespace delta {

std::uint64_t content_digest(std::string_view bytes) { return first_word(sha256(bytes)); }

Content content_of(std::string bytes) {
  Content content;
  content.digest = content_digest(bytes);
  content.size = bytes.size();
  content.bytes = std::move(bytes);
  return content;
}

}  // namespace delta
