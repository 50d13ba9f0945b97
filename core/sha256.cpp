#include "core/sha256.h"

#include <nettle/sha2.h>

#include <cstring>

namespace delta {

struct Sha256::State {
  sha256_ctx context;
};

Sha256::Sha256() : state_(std::make_unique<State>()) { sha256_init(&state_->context); }

Sha256::~Sha256() = default;

void Sha256::update(std::span<const std::uint8_t> bytes) {
  sha256_update(&state_->context, bytes.size(), bytes.data());
}

Digest Sha256::finish() {
  Digest digest{};
  sha256_digest(&state_->context, digest.size(), digest.data());
  return digest;
}

Digest sha256(std::span<const std::uint8_t> bytes) {
  sha256_ctx context;
  sha256_init(&context);
  sha256_update(&context, bytes.size(), bytes.data());
  Digest digest{};
  sha256_digest(&context, digest.size(), digest.data());
  return digest;
}

Digest sha256(std::string_view text) {
  return sha256({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

std::string to_string(const Digest& digest) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * digest.size());
  for (const std::uint8_t byte : digest) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

std::uint64_t first_word(const Digest& digest) {
  std::uint64_t first = 0;
  for (std::size_t i = 0; i < 8; ++i) first = (first << 8) | digest[i];
  return first;
}

TokenHash hash_token(const Token& token) {
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<std::uint8_t>(token.hi >> (8 * i));
    bytes[8 + i] = static_cast<std::uint8_t>(token.lo >> (8 * i));
  }
  const Digest digest = sha256(bytes);
  TokenHash hash;
  for (std::size_t i = 0; i < 8; ++i) {
    hash.hi = (hash.hi << 8) | digest[i];
    hash.lo = (hash.lo << 8) | digest[8 + i];
  }
  return hash;
}

}  // namespace delta
