// A number with its noun.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace delta {

/// "1 lease", "2 leases", "0 entries", "3 processes": the noun is given in the singular.
inline std::string counted(std::uint64_t count, std::string_view noun) {
  std::string text = std::to_string(count) + " " + std::string(noun);
  if (count == 1) return text;
  if (text.ends_with("ry")) {
    text.back() = 'i';
    return text + "es";
  }
  return text + (text.ends_with('s') ? "es" : "s");
}

}  // namespace delta
