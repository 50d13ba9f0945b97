// Durations as other programs read them.
#pragma once

#include <string>

#include "core/time.h"

namespace aftershock {

/// In seconds, exactly: "61.22", "-0.5", "300".
inline std::string seconds_text(delta::Duration time) {
  constexpr std::int64_t kBillion = 1'000'000'000;
  const bool negative = time < delta::Duration{};
  const std::int64_t whole = time.count() / kBillion;
  std::string fraction = std::to_string(std::abs(time.count() % kBillion));
  fraction.insert(0, 9 - fraction.size(), '0');
  fraction.erase(fraction.find_last_not_of('0') + 1);
  const std::string text = std::to_string(whole) + (fraction.empty() ? "" : "." + fraction);
  return negative && whole == 0 ? "-" + text : text;
}

}  // namespace aftershock
