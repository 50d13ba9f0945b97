// SHA-256 (FIPS 180-4), by Nettle.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/ids.h"

namespace delta {

using Digest = std::array<std::uint8_t, 32>;

Digest sha256(std::span<const std::uint8_t> bytes);
Digest sha256(std::string_view text);
/// The same of bytes that come in pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void update(std::span<const std::uint8_t> bytes);
  /// Of everything since the beginning, or since the last finish().
  Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string to_string(const Digest& digest);
/// Its first eight bytes as a number.
std::uint64_t first_word(const Digest& digest);

/// A lease's secret. It crosses the wire; the database and the audit log hold only its hash.
using Token = Id<struct TokenTag>;
using TokenHash = Id<struct TokenHashTag>;
TokenHash hash_token(const Token& token);

}  // namespace delta
