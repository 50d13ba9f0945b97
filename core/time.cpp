#include "core/time.h"

#include <array>
#include <utility>

namespace delta {

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
