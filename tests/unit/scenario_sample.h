// The valid sample scenario, changed copies of it, and the errors in them.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "harness/scenario/loader.h"

namespace aftershock {

inline constexpr const char* kValidPath = "tests/unit/data/scenario/valid.yaml";

inline std::string read_valid() {
  std::ifstream stream(kValidPath);
  std::ostringstream text;
  text << stream.rdbuf();
  EXPECT_FALSE(text.str().empty()) << "run the tests from the repository's root";
  return text.str();
}

/// "line:column: message [hint]" of each error, one a line.
inline std::string errors_in(const std::string& text) {
  const auto loaded = parse_scenario(text, kValidPath);
  if (loaded) return "no error";
  std::string out;
  for (const Diagnostic& error : loaded.error()) {
    out += (out.empty() ? "" : "\n") + std::to_string(error.line) + ":" +
           std::to_string(error.column) + ": " + error.message;
    if (error.hint) out += " [" + *error.hint + "]";
  }
  return out;
}

/// The valid sample with one place changed; `from` must be there exactly once.
inline std::string changed(const std::string& from, const std::string& to) {
  std::string text = read_valid();
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  EXPECT_EQ(text.find(from, at + 1), std::string::npos) << from << " is there twice";
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

}  // namespace aftershock
