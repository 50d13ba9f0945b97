// Reads the fields of a result's row one after another.
#pragma once

#include <charconv>
#include <cstdint>
#include <pqxx/result>
#include <pqxx/row>
#include <string_view>

#include "core/check.h"
#include "core/ids.h"
#include "core/sha256.h"
#include "core/time.h"

namespace delta::postgres {

/// A field that does not hold what the schema promises breaks a CHECK.
class Fields {
 public:
  explicit Fields(const pqxx::row& row) : row_(row) {}

  bool is_null() const { return row_[at_].is_null(); }
  std::string_view text() {
    const pqxx::field field = row_[at_++];
    return {field.c_str(), field.size()};
  }
  bool flag() { return text() == "t"; }
  template <class Integer>
  Integer number() {
    const std::string_view digits = text();
    Integer value{};
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    CHECK(read.ec == std::errc() && read.ptr == digits.data() + digits.size());
    return value;
  }
  template <class Enum>
  Enum choice() {
    return static_cast<Enum>(number<std::uint8_t>());
  }
  Duration duration() { return Duration(number<std::int64_t>()); }
  DbTime time() { return DbTime(duration()); }
  template <class AnyId>
  AnyId id() {
    const auto [hi, lo] = uuid(text());
    return AnyId{hi, lo};
  }
  Digest digest();

 private:
  static std::pair<std::uint64_t, std::uint64_t> uuid(std::string_view text);

  const pqxx::row& row_;
  pqxx::row::size_type at_ = 0;
};

}  // namespace delta::postgres
