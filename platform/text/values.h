// The small languages inside a file's values: durations, rates, percentages, counts.
// Integers only: no value passes through floating point.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"

namespace delta::text {

inline constexpr Duration kLongestDuration = std::chrono::hours(24 * 365);

struct ValueError {
  std::string message;
  std::optional<std::string> hint;
};

template <class T>
using Parsed = std::expected<T, ValueError>;

/// "90s", "1m30s", "1.5s": units d h m s ms us ns, large to small, each once. At most 365d.
Parsed<Duration> parse_duration(std::string_view text);
/// "0.5/s", "30/min", "6/h": the time between two of them, rounded down to 1 ns. From one in
/// 365d to a thousand a second.
Parsed<Duration> parse_rate(std::string_view text);
/// "2%", "0.5%": parts per million, at most 1,000,000.
Parsed<std::uint32_t> parse_percent(std::string_view text);
/// "42": plain digits, below 2^32.
Parsed<std::uint32_t> parse_count(std::string_view text);

/// Whether YAML's readers take this unquoted text for a number or a boolean.
bool reads_as_number_or_flag(std::string_view text);

/// "did you mean 'lease_ttl'?", when one candidate is near enough to be a slip of the keyboard.
std::optional<std::string> did_you_mean(std::string_view word,
                                        const std::vector<std::string_view>& candidates);

}  // namespace delta::text
