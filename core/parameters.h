// Named integers: the parameters of a fault or a runbook step, in the units of the scenario format
// (nanoseconds, parts per million, counts, 0 or 1, the index of a choice).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "core/check.h"
#include "core/time.h"

namespace delta {

class Parameters {
 public:
  void set(std::string_view name, std::int64_t value) { values_[std::string(name)] = value; }
  bool has(std::string_view name) const { return values_.contains(name); }

  // Reading one that was not set is a mistake of the caller (CHECK).
  std::int64_t number(std::string_view name) const {
    const auto found = values_.find(name);
    CHECK(found != values_.end());
    return found->second;
  }
  Duration duration(std::string_view name) const { return Duration(number(name)); }
  std::uint32_t count(std::string_view name) const {
    return static_cast<std::uint32_t>(number(name));
  }
  std::uint32_t ppm(std::string_view name) const { return count(name); }
  bool flag(std::string_view name) const { return number(name) != 0; }
  template <class Enum>
  Enum choice(std::string_view name) const {
    return static_cast<Enum>(number(name));
  }

 private:
  std::map<std::string, std::int64_t, std::less<>> values_;
};

}  // namespace delta
