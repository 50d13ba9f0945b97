// Decimal numbers in front of a unit, exactly: no value passes through floating point.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

namespace delta {

__extension__ using Wide = __int128;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Takes the characters that are wanted off the front.
template <class Predicate>
std::string_view take_while(std::string_view& rest, Predicate wanted) {
  const auto end = std::find_if_not(rest.begin(), rest.end(), wanted);
  const std::string_view taken = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
  rest.remove_prefix(taken.size());
  return taken;
}

/// whole + fraction / divisor. All are bounded so that a product with a unit fits 128 bits.
struct Decimal {
  Wide whole = 0;
  Wide fraction = 0;
  Wide divisor = 1;
  bool too_fine = false;  ///< more places behind the point than are kept

  /// In units of `unit`; nothing when it is not a whole number of them.
  std::optional<Wide> times(std::int64_t unit) const;
};

/// Takes "12" or "0.5" off the front; nothing when there is no number.
std::optional<Decimal> take_decimal(std::string_view& rest);

}  // namespace delta
