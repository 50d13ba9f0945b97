#include "core/decimal.h"

namespace delta {

std::optional<Wide> Decimal::times(std::int64_t unit) const {
  if (too_fine || (fraction * unit) % divisor != 0) return std::nullopt;
  return whole * unit + fraction * unit / divisor;
}

std::optional<Decimal> take_decimal(std::string_view& rest) {
  constexpr std::size_t most_places = 15;
  constexpr Wide most_whole = 1'000'000'000'000'000'000;  // beyond 365d, even in nanoseconds
  Decimal number;
  const std::string_view whole = take_while(rest, is_digit);
  if (whole.empty()) return std::nullopt;
  for (const char c : whole) number.whole = std::min(number.whole * 10 + (c - '0'), most_whole);
  if (!rest.starts_with('.')) return number;
  rest.remove_prefix(1);
  std::string_view places = take_while(rest, is_digit);
  if (places.empty()) return std::nullopt;
  while (places.ends_with('0')) places.remove_suffix(1);
  number.too_fine = places.size() > most_places;
  for (const char c : places.substr(0, most_places)) {
    number.fraction = number.fraction * 10 + (c - '0');
    number.divisor *= 10;
  }
  return number;
}

}  // namespace delta
