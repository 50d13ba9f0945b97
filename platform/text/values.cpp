// The small languages inside a file's values: durations, rates, percentages, counts.
#include "platform/text/values.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <utility>

#include "platform/text/diagnostic.h"

namespace delta::text {
namespace {

__extension__ using Wide = __int128;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::array<std::pair<std::string_view, std::int64_t>, 7> kDurationUnits{{
    {"d", 86'400 * kSecond},
    {"h", 3'600 * kSecond},
    {"m", 60 * kSecond},
    {"s", kSecond},
    {"ms", 1'000'000},
    {"us", 1'000},
    {"ns", 1},
}};
constexpr std::array<std::pair<std::string_view, std::int64_t>, 3> kRateUnits{{
    {"/s", kSecond},
    {"/min", 60 * kSecond},
    {"/h", 3'600 * kSecond},
}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

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
  bool too_fine = false;  // more places behind the point than are kept

  /// In units of `unit`; nothing when it is not a whole number of them.
  std::optional<Wide> times(std::int64_t unit) const {
    if (too_fine || (fraction * unit) % divisor != 0) return std::nullopt;
    return whole * unit + fraction * unit / divisor;
  }
};

/// Takes "12" or "0.5" off the front; nothing when there is no number.
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

Parsed<Duration> parse_duration(std::string_view text) {
  if (text.starts_with('-')) return refuse(quote(text) + " is negative; the least is 0s");
  std::string_view rest = text;
  Wide total = 0;
  std::size_t next_unit = 0;
  do {
    const std::optional<Decimal> number = take_decimal(rest);
    const std::string_view unit = take_while(rest, is_letter);
    if (number && unit.empty() && rest.empty()) {
      return refuse(quote(text) + " has no unit", "write " + text_of(text) + "s");
    }
    if (!number || unit.empty()) {
      return refuse(quote(text) + " is not a duration such as 90s, 1m30s or 250ms");
    }
    const std::optional<std::size_t> index = index_of(kDurationUnits, unit);
    if (!index) return refuse("unknown unit " + quote(unit) + "; units are d h m s ms us ns");
    if (*index < next_unit) {
      return refuse(quote(text) + " must go from large units to small, each once");
    }
    next_unit = *index + 1;
    const std::optional<Wide> part = number->times(kDurationUnits.at(*index).second);
    if (!part) return refuse(quote(text) + " is finer than 1ns");
    total += *part;
    if (total > kLongestDuration.count()) return refuse(quote(text) + " is longer than 365d");
  } while (!rest.empty());
  return Duration(static_cast<std::int64_t>(total));
}

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

std::optional<std::string> did_you_mean(std::string_view word,
                                        const std::vector<std::string_view>& candidates) {
  constexpr std::size_t longest = 64;  // bounds the work for a hostile file
  std::size_t best = std::clamp<std::size_t>(word.size() / 3, 1, 4) + 1;
  std::string_view answer;
  if (word.size() > longest) return std::nullopt;
  for (const std::string_view candidate : candidates) {
    // Levenshtein's distance with swapped neighbours as one step, three rows at a time.
    std::array<std::vector<std::size_t>, 3> rows;
    for (auto& row : rows) row.resize(candidate.size() + 1);
    std::iota(rows[0].begin(), rows[0].end(), std::size_t{0});
    for (std::size_t i = 1; i <= word.size(); ++i) {
      auto& row = rows.at(i % 3);
      const auto& above = rows.at((i + 2) % 3);
      row[0] = i;
      for (std::size_t j = 1; j <= candidate.size(); ++j) {
        const std::size_t differs = word[i - 1] == candidate[j - 1] ? 0 : 1;
        row[j] = std::min({row[j - 1] + 1, above[j] + 1, above[j - 1] + differs});
        if (i > 1 && j > 1 && word[i - 1] == candidate[j - 2] && word[i - 2] == candidate[j - 1]) {
          row[j] = std::min(row[j], rows.at((i + 1) % 3)[j - 2] + 1);
        }
      }
    }
    const std::size_t distance = rows.at(word.size() % 3)[candidate.size()];
    if (distance >= best) continue;
    best = distance;
    answer = candidate;
  }
  if (answer.empty()) return std::nullopt;
  return "did you mean " + quote(answer) + "?";
}

}  // namespace delta::text
