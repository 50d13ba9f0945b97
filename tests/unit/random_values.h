// Random numbers, ids, times and texts, for RapidCheck's properties.
#pragma once

#include <rapidcheck.h>

#include <limits>
#include <string>
#include <vector>

#include "core/ids.h"
#include "core/time.h"

namespace delta::test {

template <class Number>
Number number() {
  return *rc::gen::oneOf(rc::gen::arbitrary<Number>(),
                         rc::gen::just(std::numeric_limits<Number>::max()));
}
inline std::size_t below(std::size_t bound) { return *rc::gen::inRange<std::size_t>(0, bound); }
inline bool flag() { return below(2) == 0; }

template <class AnyId>
AnyId any_id() {
  return {number<std::uint64_t>(), number<std::uint64_t>()};
}
template <class AnyId>
AnyId real_id() {
  AnyId id = any_id<AnyId>();
  id.lo |= 1;
  return id;
}
inline Duration duration() {
  const std::int64_t longest = kLongestDuration.count();
  return Duration(*rc::gen::oneOf(rc::gen::inRange<std::int64_t>(0, longest + 1),
                                  rc::gen::inRange<std::int64_t>(0, 100'000),
                                  rc::gen::element(std::int64_t{0}, longest)));
}
inline DbTime db_time() {
  return DbTime(Duration(
      *rc::gen::oneOf(rc::gen::arbitrary<std::int64_t>(),
                      rc::gen::element(std::int64_t{0}, kNever.time_since_epoch().count()))));
}

/// UTF-8 of 1 to 4 bytes a character, control characters too, but not U+0000.
inline std::string text() {
  const std::vector<std::string> pieces = *rc::gen::container<std::vector<std::string>>(
      rc::gen::oneOf(rc::gen::map(rc::gen::inRange(1, 0x80),
                                  [](int c) { return std::string(1, static_cast<char>(c)); }),
                     rc::gen::element<std::string>(
                         "\"", "\\", "/", "\n", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80",
                         "\xe2\x80\xa8", "\xef\xbf\xbf", "\xf0\x9f\x8c\x8b", "\xf4\x8f\xbf\xbf")));
  std::string all;
  for (const std::string& piece : pieces) all += piece;
  return all;
}

template <class Make>
auto several(Make make) {
  std::vector<decltype(make())> items(below(4));
  for (auto& item : items) item = make();
  return items;
}

}  // namespace delta::test
