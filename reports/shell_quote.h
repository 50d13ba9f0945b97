// One word of a shell command, for commands that people copy.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace aftershock {

/// The word as a POSIX shell reads it back: in single quotes when it is empty or holds anything
/// but letters, digits and _./=:,@%+-
inline std::string shell_quoted(std::string_view word) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_./=:,@%+-").find(c) != std::string_view::npos;
  };
  if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain)) return std::string(word);
  std::string quoted = "'";
  for (const char c : word) {
    if (c == '\'') {
      quoted += "'\\''";  // ends the quotes, one quote by itself, begins them again
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

}  // namespace aftershock
