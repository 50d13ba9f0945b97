// A text that people have reviewed, and what is made of it now.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace delta::test {

/// The first five lines that differ.
inline std::string first_differences(const std::string& expected, const std::string& actual) {
  std::istringstream left(expected);
  std::istringstream right(actual);
  std::ostringstream out;
  std::string a;
  std::string b;
  int shown = 0;
  for (int line = 1; shown < 5; ++line) {
    const bool more_a = static_cast<bool>(std::getline(left, a));
    const bool more_b = static_cast<bool>(std::getline(right, b));
    if (!more_a && !more_b) break;
    if (more_a && more_b && a == b) continue;
    out << "line " << line << "\n  golden: " << (more_a ? a : "(end)")
        << "\n  now:    " << (more_b ? b : "(end)") << "\n";
    ++shown;
  }
  return out.str();
}

/// Fails when the file is not the text. With UPDATE_GOLDENS=1 it is written instead.
inline void expect_golden(const char* path, const std::string& actual) {
  if (std::getenv("UPDATE_GOLDENS") != nullptr) {
    std::ofstream(path, std::ios::binary) << actual;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file) << path << " is missing: run with UPDATE_GOLDENS=1 from the root";
  std::ostringstream golden;
  golden << file.rdbuf();
  EXPECT_TRUE(golden.str() == actual)
      << "differs from " << path << "; if that is meant, UPDATE_GOLDENS=1 rewrites it\n"
      << first_differences(golden.str(), actual);
}

}  // namespace delta::test
