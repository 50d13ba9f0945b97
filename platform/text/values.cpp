// The small languages inside a file's values: durations, rates, percentages, counts.
#include "platform/text/values.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "core/decimal.h"

namespace delta::text {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::array<std::pair<std::string_view, std::int64_t>, 3> kRateUnits{{
    {"/s", kSecond},
    {"/min", 60 * kSecond},
    {"/h", 3'600 * kSecond},
}};

std::unexpected<ValueError> refuse(std::string message, std::optional<std::string> hint = {}) {
  return std::unexpected(ValueError{std::move(message), std::move(hint)});
}

bool is_negative(std::string_view text) {
  return text.size() > 1 && text[0] == '-' && is_digit(text[1]);
}

std::string text_of(std::string_view text) { return std::string(text.substr(0, 40)); }

template <class Units>
std::optional<std::size_t> index_of(const Units& units, std::string_view name) {
  const auto found = std::find_if(units.begin(), units.end(),
                                  [&](const auto& unit) { return unit.first == name; });
  if (found == units.end()) return std::nullopt;
  return static_cast<std::size_t>(found - units.begin());
}

}  // namespace

Parsed<Duration> parse_rate(std::string_view text) {
  if (is_negative(text)) return refuse(quote(text) + " is negative; a rate is above zero");
  std::string_view rest = text;
  const std::optional<Decimal> number = take_decimal(rest);
  if (number && rest.empty()) {
    return refuse(quote(text) + " has no unit", "write " + text_of(text) + "/s");
  }
  const std::optional<std::size_t> unit = index_of(kRateUnits, rest);
  if (!number || !unit) return refuse(quote(text) + " is not a rate such as 0.5/s, 30/min or 6/h");
  if (number->too_fine) return refuse(quote(text) + " has too many decimal places");
  const Wide scaled = number->whole * number->divisor + number->fraction;
  if (scaled == 0) return refuse(quote(text) + " is not above zero");
  const Wide interval = number->divisor * kRateUnits.at(*unit).second / scaled;
  if (interval < kSecond / 1'000) return refuse(quote(text) + " is more than 1000/s");
  if (interval > kLongestDuration.count()) return refuse(quote(text) + " is less than one in 365d");
  return Duration(static_cast<std::int64_t>(interval));
}

Parsed<std::uint32_t> parse_percent(std::string_view text) {
  if (is_negative(text)) return refuse(quote(text) + " is negative; the least is 0%");
  std::string_view rest = text;
  const std::optional<Decimal> number = take_decimal(rest);
  if (number && rest.empty()) {
    return refuse(quote(text) + " has no percent sign", "write " + text_of(text) + "%");
  }
  if (!number || rest != "%") return refuse(quote(text) + " is not a percentage such as 2%");
  const std::optional<Wide> ppm = number->times(10'000);
  if (!ppm) return refuse(quote(text) + " is finer than 0.0001%");
  if (*ppm > 1'000'000) return refuse(quote(text) + " is more than 100%");
  return static_cast<std::uint32_t>(*ppm);
}

Parsed<std::uint32_t> parse_count(std::string_view text) {
  if (is_negative(text)) return refuse(quote(text) + " is negative; the least is 0");
  std::string_view rest = text;
  const std::string_view digits = take_while(rest, is_digit);
  // YAML 1.1 reads a leading zero as octal; nobody should have to know.
  if (digits.empty() || !rest.empty() || (digits.size() > 1 && digits.starts_with('0'))) {
    return refuse(quote(text) + " is not a whole number");
  }
  Wide value = 0;
  for (const char c : digits.substr(0, 11)) value = value * 10 + (c - '0');
  if (value > std::numeric_limits<std::uint32_t>::max()) {
    return refuse(quote(text) + " is too large");
  }
  return static_cast<std::uint32_t>(value);
}

bool reads_as_number_or_flag(std::string_view text) {
  if (text == "true" || text == "false") return true;
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return take_decimal(text) && text.empty();
}

}  // namespace delta::text
