#include "orchestrator/adapters/postgres/fields.h"

namespace delta::postgres {

namespace {

std::uint8_t nibble(char c) {
  CHECK((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  return static_cast<std::uint8_t>(c <= '9' ? c - '0' : c - 'a' + 10);
}

}  // namespace

std::pair<std::uint64_t, std::uint64_t> Fields::uuid(std::string_view text) {
  std::uint64_t hi = 0;
  std::uint64_t lo = 0;
  for (const char c : text) {
    if (c == '-') continue;
    hi = hi << 4 | lo >> 60;
    lo = lo << 4 | nibble(c);
  }
  return {hi, lo};
}

Digest Fields::digest() {
  const std::string_view hex = text();  // "\x..."
  Digest digest{};
  CHECK(hex.size() == 2 + 2 * digest.size() && hex.starts_with("\\x"));
  for (std::size_t i = 0; i < digest.size(); ++i) {
    digest[i] = static_cast<std::uint8_t>(nibble(hex[2 + 2 * i]) << 4 | nibble(hex[3 + 2 * i]));
  }
  return digest;
}

}  // namespace delta::postgres
