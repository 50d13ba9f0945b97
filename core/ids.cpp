#include "core/ids.h"

namespace delta {

std::string to_hex(std::uint64_t hi, std::uint64_t lo) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text(32, '0');
  for (std::size_t i = 0; i < 16; ++i) {
    text[15 - i] = digits[(hi >> (4 * i)) & 15];
    text[31 - i] = digits[(lo >> (4 * i)) & 15];
  }
  return text;
}

std::optional<std::uint64_t> parse_hex(std::string_view digits) {
  if (digits.size() != 16) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : digits) {
    const bool is_decimal = c >= '0' && c <= '9';
    if (!is_decimal && !(c >= 'a' && c <= 'f')) return std::nullopt;
    value = (value << 4) | static_cast<std::uint64_t>(is_decimal ? c - '0' : c - 'a' + 10);
  }
  return value;
}

}  // namespace delta
