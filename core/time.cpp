#include "core/time.h"

#include <array>
#include <optional>
#include <utility>

#include "core/decimal.h"

namespace delta {

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::array<std::pair<std::string_view, std::int64_t>, 7> kUnits{{
    {"d", 86'400 * kSecond},
    {"h", 3'600 * kSecond},
    {"m", 60 * kSecond},
    {"s", kSecond},
    {"ms", 1'000'000},
    {"us", 1'000},
    {"ns", 1},
}};

std::unexpected<ValueError> refuse(std::string message, std::optional<std::string> hint = {}) {
  return std::unexpected(ValueError{std::move(message), std::move(hint)});
}

std::optional<std::size_t> unit_named(std::string_view name) {
  const auto found = std::ranges::find(kUnits, name, [](const auto& unit) { return unit.first; });
  if (found == kUnits.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kUnits.begin());
}

}  // namespace

std::expected<Duration, ValueError> parse_duration(std::string_view text) {
  if (text.starts_with('-')) return refuse(quote(text) + " is negative; the least is 0s");
  std::string_view rest = text;
  Wide total = 0;
  std::size_t next_unit = 0;
  do {
    const std::optional<Decimal> number = take_decimal(rest);
    const std::string_view unit = take_while(rest, is_letter);
    if (number && unit.empty() && rest.empty()) {
      return refuse(quote(text) + " has no unit", "write " + std::string(text.substr(0, 40)) + "s");
    }
    if (!number || unit.empty()) {
      return refuse(quote(text) + " is not a duration such as 90s, 1m30s or 250ms");
    }
    const std::optional<std::size_t> index = unit_named(unit);
    if (!index) return refuse("unknown unit " + quote(unit) + "; units are d h m s ms us ns");
    if (*index < next_unit) {
      return refuse(quote(text) + " must go from large units to small, each once");
    }
    next_unit = *index + 1;
    const std::optional<Wide> part = number->times(kUnits.at(*index).second);
    if (!part) return refuse(quote(text) + " is finer than 1ns");
    total += *part;
    if (total > kLongestDuration.count()) return refuse(quote(text) + " is longer than 365d");
  } while (!rest.empty());
  return Duration(static_cast<std::int64_t>(total));
}

std::string format_duration(Duration duration) {
  if (duration == Duration::zero()) return "0s";
  std::uint64_t rest = static_cast<std::uint64_t>(duration.count());
  std::string text;
  if (duration < Duration::zero()) {
    rest = 0 - rest;
    text = "-";
  }
  static constexpr std::array<std::pair<std::uint64_t, const char*>, 6> units{{
      {3'600'000'000'000, "h"},
      {60'000'000'000, "m"},
      {1'000'000'000, "s"},
      {1'000'000, "ms"},
      {1'000, "us"},
      {1, "ns"},
  }};
  for (const auto& [size, name] : units) {
    if (rest < size) continue;
    text += std::to_string(rest / size) + name;
    rest %= size;
  }
  return text;
}

std::string format_seconds(Duration duration) {
  const bool negative = duration < Duration::zero();
  const std::uint64_t magnitude = static_cast<std::uint64_t>(duration.count());
  const std::uint64_t millis = ((negative ? 0 - magnitude : magnitude) + 500'000) / 1'000'000;
  std::string fraction = std::to_string(millis % 1000);
  fraction.insert(0, 3 - fraction.size(), '0');
  return (negative ? "-" : "") + std::to_string(millis / 1000) + "." + fraction + "s";
}

}  // namespace delta
