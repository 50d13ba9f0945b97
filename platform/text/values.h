// The small languages inside a scenario's values: rates, percentages, counts; durations are core's.
// Integers only: no value passes through floating point.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "core/text.h"
#include "core/time.h"

namespace delta::text {

template <class T>
using Parsed = std::expected<T, ValueError>;

/// "0.5/s", "30/min", "6/h": the time between two of them, rounded down to 1 ns. From one in
/// 365d to a thousand a second.
Parsed<Duration> parse_rate(std::string_view text);
/// "2%", "0.5%": parts per million, at most 1,000,000.
Parsed<std::uint32_t> parse_percent(std::string_view text);
/// "42": plain digits, below 2^32.
Parsed<std::uint32_t> parse_count(std::string_view text);

/// Whether YAML's readers take this unquoted text for a number or a boolean.
bool reads_as_number_or_flag(std::string_view text);

}  // namespace delta::text
