// JUnit XML, as CI systems read it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace aftershock::junit {

struct Case {
  std::string name;
  std::string element = {};  ///< failure, error or skipped; empty: passed
  std::string message = {};
  std::string body = {};
};

struct Suite {
  std::string name;
  std::vector<Case> cases = {};

  std::size_t count(std::string_view element) const;
};

/// The whole document. Texts may be anything: what XML has no place for is shown as U+FFFD.
std::string write(const std::string& name, const std::vector<Suite>& suites);

}  // namespace aftershock::junit
