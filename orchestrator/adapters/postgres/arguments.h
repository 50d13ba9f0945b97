// The arguments of a prepared, set-based statement: one array a column, one element a row.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.h"
#include "core/sha256.h"
#include "core/time.h"

namespace delta::postgres {

/// Bytes that are the text of a PostgreSQL value, to be quoted as an element of an array.
struct Text {
  std::string_view value;
};
struct Null {};

/// Values are added row by row: `arguments << id << state; arguments << id2 << state2;`.
class Arguments {
 public:
  explicit Arguments(std::size_t columns) : columns_(columns) {}

  Arguments& operator<<(std::uint64_t value) { return number(value); }
  Arguments& operator<<(std::int64_t value) { return number(value); }
  Arguments& operator<<(std::uint32_t value) { return number(std::uint64_t{value}); }
  Arguments& operator<<(bool value) { return raw(value ? "t" : "f"); }
  Arguments& operator<<(Null) { return raw("NULL"); }
  Arguments& operator<<(DbTime value) { return number(value.time_since_epoch().count()); }
  Arguments& operator<<(Duration value) { return number(value.count()); }
  Arguments& operator<<(const Digest& value) {
    std::string& column = next();
    column += "\"\\\\x";
    column += to_string(value);
    column += '"';
    return *this;
  }
  Arguments& operator<<(Text text);
  template <class Tag>
  Arguments& operator<<(const Id<Tag>& id) {
    return raw(to_string(id));
  }
  template <class Enum>
    requires std::is_enum_v<Enum>
  Arguments& operator<<(Enum value) {
    return number(std::uint64_t{static_cast<std::uint8_t>(value)});
  }

  std::size_t rows() const { return added_ / columns_.size(); }
  /// `EXECUTE name('{...}', '{...}', extra)`. `extra`: further arguments, as SQL, or empty.
  std::string execute(std::string_view name, std::string_view extra = {}) const;

 private:
  template <class Integer>
  Arguments& number(Integer value) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
    return raw({digits, static_cast<std::size_t>(end - digits)});
  }
  Arguments& raw(std::string_view value) {
    next() += value;
    return *this;
  }
  /// The column of the next value, with a comma before it.
  std::string& next() {
    std::string& column = columns_[added_ % columns_.size()];
    if (added_++ >= columns_.size()) column += ',';
    return column;
  }

  std::vector<std::string> columns_;
  std::size_t added_ = 0;
};

}  // namespace delta::postgres
